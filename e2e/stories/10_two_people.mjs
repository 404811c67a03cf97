// Two people with one case before them: each sees that the other looks; who comes second is told what has changed, and
// nothing typed is lost.
import assert from 'node:assert/strict';
import test from 'node:test';
import { accounts, browser, checked, signedIn } from '../house.mjs';
import { acceptAll, act, atCase, atTable, atWindow, fillPerson, identityNumber } from '../counter.mjs';

/// A case just accepted, open before two examiners of its department.
async function together(found, nth) {
    const person = { number: identityNumber(nth), name: '演示申请人五十', phone: '13900000050' };
    const clerk = await atTable(found, 'general', { words: '烟草零售' }, person);
    const caseNo = await acceptAll(clerk);
    await clerk.context().close();
    const one = await atCase(found, 'examiner', caseNo, '审查意见');
    const named = /（(\d+)/.exec(await one.locator('.who').innerText())[1];
    const beside = accounts.find((who) => who.role === 'examiner' && who.account !== named && who.account.startsWith(named.slice(0, 3)));
    const other = await signedIn(found, beside);
    await other.goto(`/cases/${caseNo}`);
    await one.reload();
    return { caseNo, one, other, named, beside };
}

test('the step was done by a colleague: told plainly, the words are still there', async (t) => {
    const found = await browser(t);
    const { one, other, named, beside } = await together(found, 51);
    assert.ok((await one.locator('.pagehead').innerText()).includes(beside.account), 'the first sees the second');
    assert.ok((await other.locator('.pagehead').innerText()).includes(named), 'and the second the first');
    const words = '第二人填写的审查意见，不应丢失。';
    await other.getByLabel('审查意见', { exact: true }).fill(words);
    assert.match(await act(one, '审查意见', '材料齐全，拟同意。', /审查完成/), /已审查/);
    await other.getByRole('button', { name: /审查完成/ }).click();
    const told = await other.getByRole('alert').innerText();
    assert.match(told, /没有办理/);
    assert.ok(told.includes('审查') && told.includes(named), told);
    assert.equal(await other.getByLabel('您填写的内容，可以复制').inputValue(), words);
    await checked(other, 'case_stale');
});

test('one draft before the clerk twice: the second page overwrites nothing and keeps what was typed', async (t) => {
    const found = await browser(t);
    const one = await atWindow(found, 'general');
    await one.getByRole('button', { name: /新收件/ }).click();
    const other = await one.context().newPage();
    await other.goto(one.url());
    await fillPerson(one, { number: identityNumber(52), name: '演示申请人五二', phone: '13900000052' });
    await fillPerson(other, { number: identityNumber(53), name: '演示申请人五三', phone: '13900000053' });
    assert.match(await other.getByRole('alert').innerText(), /没有办理/);
    assert.equal(await other.getByLabel('姓名或者名称').inputValue(), '演示申请人五三');
    await checked(other, 'intake_stale');
    await one.reload();
    await one.goto(`${one.url().split('?')[0]}?step=person`);
    assert.equal(await one.getByLabel('姓名或者名称').inputValue(), '演示申请人五二');
    await one.getByRole('button', { name: '删除草稿' }).click();
});
