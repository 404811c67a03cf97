// One window takes a case in, two departments decide on it side by side, and everybody sees where it stands.
import assert from 'node:assert/strict';
import test from 'node:test';
import { accessible, browser, shot } from '../house.mjs';
import { acceptAll, answer, approveAll, atWindow, beginWith, chooseItem, identityNumber } from '../counter.mjs';

const person = { number: identityNumber(1), name: '演示申请人甲', phone: '13900000001' };

test('taken in at one window, approved by two departments', async (t) => {
    const found = await browser(t);
    const clerk = await atWindow(found, 'general');
    await beginWith(clerk, person);
    await chooseItem(clerk, '临时占用道路');
    await answer(clerk);
    await accessible(clerk, 'check of materials');
    await shot(clerk, 'intake_check');
    const caseNo = await acceptAll(clerk);
    assert.match(caseNo, /^JB\d{12,}/);
    await accessible(clerk, 'case at the window');
    await shot(clerk, 'intake_case');
    assert.ok(await clerk.locator('#papers').getByText('受理通知书').count());

    await approveAll(found, caseNo, 2);
    await clerk.goto(`/cases/${caseNo}`);
    assert.equal(await clerk.locator('.lane').getByText('准予', { exact: true }).count(), 2);
    await accessible(clerk, 'case that was decided');
    await shot(clerk, 'case_decided');
});
