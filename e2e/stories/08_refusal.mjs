// The clerk proposes not to accept; only the department confirms it, with reasons and remedies on paper, or sends it back.
import assert from 'node:assert/strict';
import test from 'node:test';
import { browser, checked } from '../house.mjs';
import { act, atCase, atTable, caseNumber, identityNumber, printed, progressOf, queryCode, unfold } from '../counter.mjs';

/// Received, and proposed to the department not to accept it.
async function proposed(found, person) {
    const clerk = await atTable(found, 'general', { words: '烟草零售' }, person);
    await clerk.getByRole('button', { name: /其余全部合格/ }).click();
    await unfold(clerk, '建议不予受理');
    await clerk.getByRole('button', { name: '收件并提请部门不予受理' }).click();
    assert.match(await clerk.getByRole('alert').innerText(), /选择不予受理的情形/);
    await unfold(clerk, '建议不予受理');
    await clerk.getByLabel('依法不属于本机关职权').check();
    await clerk.getByLabel(/应向哪个机关申请/).fill('演示市烟草专卖局');
    await clerk.getByLabel('事实和依据').fill('申请的经营地址不在本区范围内，属演示市烟草专卖局管辖。');
    await clerk.getByRole('button', { name: '收件并提请部门不予受理' }).click();
    await clerk.locator('#papers').waitFor();
    return { clerk, caseNo: await caseNumber(clerk) };
}

test('a refusal proposed at the window is confirmed by the department', async (t) => {
    const found = await browser(t);
    const { clerk, caseNo } = await proposed(found, { number: identityNumber(31), name: '演示申请人卅一', phone: '13900000031' });
    assert.equal(await clerk.locator('#papers').getByText('不予受理通知书').count(), 0, 'the clerk alone refuses nothing');
    const chief = await atCase(found, 'chief_representative', caseNo, '退回理由');
    await checked(chief, 'case_refusal_proposed');
    await chief.getByRole('button', { name: /确认不予受理/ }).click();
    assert.match(await chief.locator('.alertbar[role=status]').innerText(), /已确认不予受理/);
    const code = await queryCode(clerk, caseNo);
    const text = await printed(clerk, '不予受理通知书');
    for (const part of [caseNo, '演示市烟草专卖局', '行政复议', '行政诉讼', '六十日', '六个月']) {
        assert.ok(text.includes(part), `${part} in ${text}`);
    }
    const progress = await progressOf(found, caseNo, code);
    assert.match(await progress.locator('main').innerText(), /不予受理/);
    await checked(progress, 'progress_refused');
});

test('a refusal the department does not share goes back to the window, and the case is accepted', async (t) => {
    const found = await browser(t);
    const { clerk, caseNo } = await proposed(found, { number: identityNumber(32), name: '演示申请人卅二', phone: '13900000032' });
    await clerk.goto(`/cases/${caseNo}/intake`);
    const chief = await atCase(found, 'chief_representative', caseNo, '退回理由');
    await unfold(chief, '退回窗口');
    assert.match(await act(chief, '退回理由', '经营地址在本区范围内，应当受理。', '退回窗口'), /已退回不予受理意见/);
    await clerk.goto(`/cases/${caseNo}/intake`);
    await clerk.getByRole('button', { name: /^受理/ }).click();
    const text = await printed(clerk, '受理通知书');
    assert.ok(text.includes(caseNo));
    assert.equal(await clerk.locator('#papers').getByText('不予受理通知书').count(), 0);
    await clerk.goto(`/cases/${caseNo}`);
    assert.match(await clerk.locator('#timeline').innerText(), /经营地址在本区范围内，应当受理/);
});
