// The main path of the window works with scripts switched off.
import assert from 'node:assert/strict';
import test from 'node:test';
import { browser } from '../house.mjs';
import { acceptAll, answer, atWindow, beginWith, chooseItem, identityNumber } from '../counter.mjs';

test('a case is taken in without scripts', async (t) => {
    const found = await browser(t);
    const clerk = await atWindow(found, 'general', { javaScriptEnabled: false });
    await beginWith(clerk, { number: identityNumber(2), name: '演示申请人乙', phone: '13900000002' });
    await chooseItem(clerk, '烟草零售');
    await answer(clerk);
    assert.match(await acceptAll(clerk), /^JB\d{12,}/);
});
