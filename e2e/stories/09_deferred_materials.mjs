// Accepted although a material is still missing: commitment and deadline on paper; decided meanwhile, but nothing is handed
// out before it has come.
import assert from 'node:assert/strict';
import test from 'node:test';
import { browser, checked } from '../house.mjs';
import { approveAll, atTable, caseNumber, find, identityNumber, printed, progressOf, queryCode, unfold } from '../counter.mjs';

test('a deferred material comes later', async (t) => {
    const found = await browser(t);
    const person = { number: identityNumber(41), name: '演示申请人四一', phone: '13900000041' };
    const clerk = await atTable(found, 'general', { words: '烟草零售' }, person);
    await find(clerk, 4, '容缺');
    await clerk.getByRole('button', { name: /其余全部合格/ }).click();
    assert.match(await clerk.locator('#advice').innerText(), /可以容缺受理，5 个工作日内补交：固定经营场所证明/);
    await clerk.getByRole('button', { name: /^容缺受理/ }).click();
    assert.match(await clerk.getByRole('alert').innerText(), /信用查询/);
    await clerk.getByLabel('申请人的承诺').fill('五个工作日内补交固定经营场所证明，逾期视为撤回申请。');
    await clerk.getByLabel('信用查询来源').fill('信用中国（演示）');
    await clerk.getByLabel('无未修复的失信记录').check();
    await checked(clerk, 'intake_to_defer');
    await clerk.getByRole('button', { name: /^容缺受理/ }).click();
    await clerk.locator('#papers').waitFor();
    const caseNo = await caseNumber(clerk);
    const text = await printed(clerk, '容缺受理');
    for (const part of [caseNo, '固定经营场所证明', '逾期视为撤回申请', '12月1日']) assert.ok(text.includes(part), `${part} in ${text}`);
    await checked(clerk, 'intake_deferred');

    const progress = await progressOf(found, caseNo, await queryCode(clerk, caseNo));
    assert.match(await progress.locator('.todo').innerText(), /固定经营场所证明/);
    await approveAll(found, caseNo, 1);
    await clerk.goto('/intake/cases?list=deferred');
    assert.match(await clerk.locator('tr', { hasText: caseNo }).innerText(), /12-01/, 'on the list, with its day');
    await clerk.goto(`/cases/${caseNo}/intake`);
    await find(clerk, 1, '合格');
    await clerk.getByRole('button', { name: /登记收到的材料/ }).click();
    await clerk.locator('#done').waitFor();
    assert.equal(await clerk.locator('#follow').count(), 0);
    await progress.reload();
    assert.match(await progress.locator('main').innerText(), /现在不用您做什么/);
    await clerk.goto(`/cases/${caseNo}`);
    assert.match(await clerk.locator('#timeline').innerText(), /补交|容缺材料/);
});
