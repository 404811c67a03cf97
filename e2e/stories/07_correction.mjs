// What is lacking is told once and in one go: notice printed, brought later, looked at again, no new point, accepted.
import assert from 'node:assert/strict';
import test from 'node:test';
import { browser, checked } from '../house.mjs';
import { atTable, caseNumber, find, identityNumber, printed, progressOf, queryCode } from '../counter.mjs';

test('corrected once, no new point afterwards, accepted', async (t) => {
    const found = await browser(t);
    const person = { number: identityNumber(21), name: '演示申请人廿一', phone: '13900000021' };
    const clerk = await atTable(found, 'general', { words: '烟草零售' }, person);
    const name = (await clerk.locator('#table tbody tr').nth(0).locator('td').nth(1).innerText()).split('\n')[0].trim();
    await find(clerk, 1, '补正');
    await find(clerk, 4, '补正');
    await clerk.getByRole('button', { name: /其余全部合格/ }).click();
    assert.match(await clerk.locator('#advice').innerText(), /须补正 2 项/);
    await checked(clerk, 'intake_to_correct');
    await clerk.getByRole('button', { name: /^受理并打印/ }).click();
    assert.match(await clerk.getByRole('alert').innerText(), /一次性告知补正/, 'the outcome follows from the findings');
    await clerk.getByRole('button', { name: /^一次性告知补正/ }).click();
    await clerk.locator('#papers').waitFor();
    const caseNo = await caseNumber(clerk);
    const notice = await printed(clerk, '补正告知书');
    for (const part of [caseNo, '一次', name.replaceAll(/\s/g, '').slice(0, 8)]) assert.ok(notice.includes(part), `${part} in ${notice}`);
    await checked(clerk, 'intake_correction');

    const code = await queryCode(clerk, caseNo);
    const progress = await progressOf(found, caseNo, code);
    assert.match(await progress.locator('.todo').innerText(), /您现在要做：补正 2 处/);
    await checked(progress, 'progress_correction');

    await clerk.goto(`/cases/${caseNo}/intake`);
    assert.equal(await clerk.locator('#table tbody tr').count(), 2, 'only what was told is asked for');
    assert.equal(await clerk.getByRole('button', { name: /一次性告知/ }).count(), 0, 'nothing is told a second time');
    await find(clerk, 1, '合格');
    await find(clerk, 2, '未收');
    await clerk.getByRole('button', { name: /登记收到的材料/ }).click();
    await clerk.locator('#done').waitFor();
    assert.equal(await clerk.locator('#table tbody tr').count(), 1, 'one is still to come');
    // A page made up to tell of another point tells of nothing.
    await clerk.evaluate(async () => {
        const form = document.querySelector('#follow form');
        const fields = new FormData(form);
        fields.set('do', 'correct');
        fields.set('finding-m1', 'lacking');
        await fetch(form.action, { method: 'POST', body: fields });
    });
    await clerk.goto(`/cases/${caseNo}/intake`);
    assert.equal(await clerk.locator('#papers li', { hasText: '补正告知书' }).count(), 1);
    await find(clerk, 1, '合格');
    await checked(clerk, 'intake_supplement');
    await clerk.getByRole('button', { name: /登记收到的材料/ }).click();
    assert.ok((await printed(clerk, '受理通知书')).includes(caseNo));
    await progress.reload();
    assert.match(await progress.locator('main').innerText(), /现在不用您做什么/);
});
