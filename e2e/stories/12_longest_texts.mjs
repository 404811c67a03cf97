// The longest names, items and reasons: nothing is clipped, overlaps or makes a page wider.
import test from 'node:test';
import { browser, checked, signedIn, account } from '../house.mjs';
import { act, atCase, atTable, creditCode, find, identityNumber, progressOf, queryCode, unfold } from '../counter.mjs';

const person = { number: creditCode(81), kind: '企业', document: '统一社会信用代码', phone: '13900000081',
    name: `演示${'江北观音桥北滨路国际商务'.repeat(14)}（集团）股份有限公司`.slice(0, 200) };
const words = '经审查，申请材料齐全、符合法定形式，经营场所与申请书一致；'.repeat(40);

test('long names and long words, from the window to the result', async (t) => {
    const found = await browser(t);
    const clerk = await atTable(found, 'general', { words: '民用爆炸物品购买' }, person,
        { number: identityNumber(82), name: '演示代理人欧阳司徒', phone: '13900000082' });
    await checked(clerk, 'long_table');
    await clerk.goto('/intake');
    await checked(clerk, 'long_home');
    await clerk.getByRole('link', { name: /继续办理/ }).first().click();
    await find(clerk, 1, '补正');
    await unfold(clerk, '建议不予受理');
    await clerk.getByLabel('事实和依据').fill(words);
    await clerk.getByRole('button', { name: /其余全部合格/ }).click();
    await checked(clerk, 'long_to_correct');
    await find(clerk, 1, '合格');
    await clerk.getByRole('button', { name: /^受理并打印/ }).click();
    await clerk.locator('#papers').waitFor();
    await checked(clerk, 'long_case_at_window');
    const caseNo = (await clerk.locator('.caseno').first().innerText()).trim();
    const code = await queryCode(clerk, caseNo);
    for (const [role, label, button] of [['examiner', '审查意见', /审查完成/], ['reviewer', '审核意见', /审核完成/], ['chief_representative', '审批意见（理由）', /^准予/]]) {
        const page = await atCase(found, role, caseNo, label);
        await act(page, label, words, button);
        await checked(page, `long_case_${role}`);
        await page.goto('/desk');
        await checked(page, `long_desk_${role}`);
        await page.context().close();
    }
    await clerk.goto('/cases');
    await checked(clerk, 'long_cases');
    const desk = await signedIn(found, account('intake', (one) => one.window === 'A04'));
    await desk.goto(`/issuing?case=${caseNo}`);
    await checked(desk, 'long_issuing');
    await checked(await progressOf(found, caseNo, code), 'long_progress');
});
