// Every form sent empty or wrong: what is missing is said where it is missed, the page stays readable at both widths.
import assert from 'node:assert/strict';
import test from 'node:test';
import { account, browser, checked, signedIn, visitor } from '../house.mjs';
import { acceptAll, answer, atCase, atTable, beginWith, chooseItem, identityNumber, unfold, atWindow } from '../counter.mjs';

/// Sends the form of this button as a browser would that checks nothing.
async function send(page, button) {
    await page.evaluate(() => document.querySelectorAll('form').forEach((form) => { form.noValidate = true; }));
    await page.getByRole('button', { name: button }).first().click();
    await page.getByRole('alert').first().waitFor();
}

test('signing in, another password, another post', async (t) => {
    const found = await browser(t);
    const page = await visitor(found);
    await page.goto('/sign-in');
    await page.getByLabel('账号', { exact: true }).fill('nobody');
    await page.getByLabel('密码', { exact: true }).fill('wrong-password');
    await page.getByRole('button', { name: '登录', exact: true }).last().click();
    await page.getByRole('alert').waitFor();
    await checked(page, 'mistake_sign_in');
    const own = await signedIn(found, account('assistant'));
    await own.goto('/password');
    await send(own, '更换密码');
    await checked(own, 'mistake_password');
    await own.goto('/accounts');
    await checked(own, 'not_allowed');
});

test('the public pages', async (t) => {
    const found = await browser(t);
    const page = await visitor(found);
    await page.goto('/progress');
    await send(page, '查询');
    await checked(page, 'mistake_progress');
    await page.goto('/guide?q=囧囧囧');
    await checked(page, 'guide_nothing_found');
    await page.goto('/guide/items/no-such-item');
    await checked(page, 'guide_no_such_item');
});

test('the workbench, step by step', async (t) => {
    const found = await browser(t);
    const clerk = await atWindow(found, 'general');
    await checked(clerk, 'intake_home');
    await clerk.getByRole('button', { name: /新收件/ }).click();
    await checked(clerk, 'intake_person');
    await clerk.getByLabel('证件号码', { exact: true }).fill('50010519900101');
    await unfold(clerk, '由代理人办理');
    await clerk.getByLabel('代理人姓名').fill('演示代理人');
    await clerk.getByRole('button', { name: /下一步/ }).click();
    assert.ok((await clerk.locator('.ferr').count()) >= 3, 'each beside its field');
    assert.equal(await clerk.getByLabel('代理人姓名').inputValue(), '演示代理人');
    await checked(clerk, 'mistake_person');
    await clerk.getByRole('button', { name: '删除草稿' }).click();

    await beginWith(clerk, { number: identityNumber(71), name: '演示申请人七一', phone: '13900000071' });
    await checked(clerk, 'intake_item');
    await clerk.getByLabel('办什么事').fill('囧囧囧');
    await clerk.getByRole('button', { name: '查找' }).click();
    await checked(clerk, 'intake_item_nothing');
    await clerk.getByLabel('办什么事').fill('烟草零售');
    await clerk.getByRole('button', { name: '查找' }).click();
    await checked(clerk, 'intake_item_found');
    await chooseItem(clerk, '烟草零售');
    await checked(clerk, 'intake_situations');
    await send(clerk, /确定情形/);
    await checked(clerk, 'mistake_situations');
    await answer(clerk);
    await checked(clerk, 'intake_table');
    await send(clerk, /^受理并打印/);
    await checked(clerk, 'mistake_table');
    await unfold(clerk, '建议不予受理');
    await send(clerk, '收件并提请部门不予受理');
    await checked(clerk, 'mistake_refusal');
    await clerk.getByRole('button', { name: '删除草稿' }).click();
});

test('the case page, its whole numbers, the search', async (t) => {
    const found = await browser(t);
    const clerk = await atTable(found, 'general', { words: '烟草零售' }, { number: identityNumber(72), name: '演示申请人七二', phone: '13900000072' });
    const caseNo = await acceptAll(clerk);
    await clerk.goto(`/cases/${caseNo}`);
    await unfold(clerk, '查看完整证件号码和电话');
    await clerk.evaluate(() => document.querySelectorAll('form').forEach((form) => { form.noValidate = true; }));
    await clerk.getByRole('button', { name: '查看', exact: true }).click();
    await checked(clerk, 'mistake_reveal');
    await clerk.goto(`/cases/${caseNo}`);
    await unfold(clerk, '查看完整证件号码和电话');
    await clerk.getByLabel('用途').selectOption({ index: 1 });
    await clerk.getByRole('button', { name: '查看', exact: true }).click();
    assert.ok((await clerk.locator('main').innerText()).includes(identityNumber(72)));
    await checked(clerk, 'revealed');
    await clerk.goto('/cases?no=JB00000000000000');
    await checked(clerk, 'mistake_find');
    await clerk.getByLabel('证件号码、电话或者其后四位').fill('12');
    await clerk.getByRole('button', { name: '按人查询' }).click();
    await checked(clerk, 'mistake_find_person');

    const examiner = await atCase(found, 'examiner', caseNo, '审查意见');
    await examiner.evaluate(() => document.querySelectorAll('details').forEach((fold) => { fold.open = true; }));
    await checked(examiner, 'case_all_forms');
    await send(examiner, '发出征询');
    await checked(examiner, 'mistake_ask');
    await examiner.goto('/covers');
    await send(examiner, '登记');
    await checked(examiner, 'mistake_cover');
});
