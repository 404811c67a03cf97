// A session ends under a half-filled form: the same person signs in again and finds what was typed; another does not.
import assert from 'node:assert/strict';
import test from 'node:test';
import { accessible, accounts, browser, fillSignIn, signedIn } from '../house.mjs';

/// An examiner with a case to examine, on its page.
async function atWork(found) {
    for (const who of accounts.filter((one) => one.role === 'examiner')) {
        const page = await signedIn(found, who);
        await page.goto('/desk?list=examine');
        const first = page.locator('table a[href^="/cases/"]').first();
        if (await first.count()) {
            await first.click();
            if (await page.getByLabel('审查意见').count()) return { who, page };
        }
        await page.context().close();
    }
    assert.fail('no case waits to be examined');
}

test('what was typed is back after signing in again as the same person', async (t) => {
    const found = await browser(t);
    const { who, page } = await atWork(found);
    const words = '申请材料齐全，拟同意。——会话中断前填写';
    await page.getByLabel('审查意见').fill(words);
    const elsewhere = await signedIn(found, who); // ends the first session
    await elsewhere.context().close();
    await page.getByRole('button', { name: /审查完成/ }).click();
    await page.waitForURL(/sign-in/);
    assert.match(await page.content(), /已在另一处登录/);

    const other = accounts.find((one) => one.role === 'examiner' && one.account !== who.account);
    await fillSignIn(page, other);
    await page.goto('/kept');
    assert.doesNotMatch(await page.content(), /会话中断前填写/);
    await page.getByRole('button', { name: '退出' }).click();

    await fillSignIn(page, who);
    assert.match(await page.textContent('main'), /会话中断前填写/);
    await accessible(page, 'kept form');
    await page.getByRole('button', { name: '继续提交' }).click();
    await page.waitForURL(/\/cases\//);
    assert.match(await page.textContent('main'), /会话中断前填写/);
});
