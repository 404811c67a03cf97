// A routine intake by keyboard alone: at most sixty keys beside what is typed, and the focus where the next key is meant.
import assert from 'node:assert/strict';
import test from 'node:test';
import { browser } from '../house.mjs';
import { atWindow, identityNumber } from '../counter.mjs';

test('a routine case takes few keys and no mouse', async (t) => {
    const found = await browser(t);
    const page = await atWindow(found, 'general');
    let keys = 0;
    const press = async (key, times = 1) => {
        for (let nth = 0; nth < times; nth += 1) {
            await page.keyboard.press(key);
            keys += 1;
        }
    };
    const go = async (key) => {
        await Promise.all([page.waitForNavigation(), press(key)]);
    };
    const focus = () => page.evaluate(() => document.activeElement.id || document.activeElement.name || document.activeElement.textContent.trim());
    /// Tabs to this field; a person's Tab counts as a key.
    const tabTo = async (id) => {
        for (let nth = 0; nth < 12 && (await focus()) !== id; nth += 1) await press('Tab');
        assert.equal(await focus(), id);
    };
    await go('F2');
    assert.equal(await focus(), 'number');
    await page.keyboard.type(identityNumber(3));
    await tabTo('name');
    await page.keyboard.type('演示申请人丙');
    await tabTo('phone');
    await page.keyboard.type('13900000003');
    await go('F8');
    assert.equal(await focus(), 'q');
    await page.keyboard.type('烟草零售');
    await go('Enter');
    await go('F3');
    for (const group of await page.locator('fieldset.ask').all()) {
        const name = await group.locator('input').first().getAttribute('name');
        await tabTo(name);
        await press('Space');
    }
    await go('F8');
    await go('F7');
    await go('F8');
    await page.locator('#papers').waitFor();
    t.diagnostic(`${keys} keys`);
    assert.ok(keys <= 60, `${keys} keys`);
});
