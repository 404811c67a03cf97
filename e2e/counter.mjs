// What a clerk, an approver and an issuer do, step by step, as the stories use it. Everybody here is invented.
import assert from 'node:assert/strict';
import { account, accounts, entered, paper, signedIn, visitor, watch } from './house.mjs';

/// A number as GB 11643 wants it, with a birthday of its own; nobody's.
export function identityNumber(nth) {
    const body = `5001051990010${1 + (nth % 9)}${String(100 + (nth % 800)).padStart(3, '0')}`.slice(0, 17);
    const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const sum = [...body].reduce((sum, digit, at) => sum + Number(digit) * weights[at], 0);
    return body + '10X98765432'[sum % 11];
}

/// A number as GB 32100 wants it, with an organisation of its own; nobody's.
export function creditCode(nth) {
    const digits = '0123456789ABCDEFGHJKLMNPQRTUWXY';
    const own = `MA5${String(10000 + nth)}`;
    const sum = [3, 7, 9, 10, 5, 8, 4, 2].reduce((sum, weight, at) => sum + weight * parseInt(own[at], 36), 0);
    const body = `91500105${own}${'0X987654321'[sum % 11]}`;
    const check = [...body].reduce((sum, digit, at) => sum + digits.indexOf(digit) * (3 ** at % 31), 0);
    return body + digits[(31 - (check % 31)) % 31];
}

/// A clerk at a window of this kind.
export const clerkAt = (kind) => account('intake', (one) => one.kind === kind && one.window);

/// Signed in at the window, on the page of intake.
export async function atWindow(found, kind, options) {
    const page = await signedIn(found, clerkAt(kind), options);
    await page.goto('/intake');
    return page;
}

/// A new draft with its applicant.
export async function beginWith(page, person, agent) {
    await page.getByRole('button', { name: /新收件/ }).click();
    await fillPerson(page, person, agent);
}

export async function fillPerson(page, person, agent) {
    await page.getByLabel('证件号码', { exact: true }).fill(person.number);
    if (person.kind) await page.getByLabel('申请人类别').selectOption({ label: person.kind });
    if (person.document) await page.getByLabel('证件类型').first().selectOption({ label: person.document });
    await page.getByLabel('姓名或者名称').fill(person.name);
    await page.getByLabel('联系电话').fill(person.phone);
    if (agent) {
        await unfold(page, '由代理人办理');
        await page.getByLabel('代理人证件号码').fill(agent.number);
        await page.getByLabel('代理人姓名').fill(agent.name);
        await page.getByLabel('代理人电话').fill(agent.phone);
        await page.getByLabel('委托权限和期限').fill('代为申请、提交材料、领取结果，至办结时止');
    }
    await page.getByRole('button', { name: /下一步/ }).click();
}

/// The item by what people say.
export async function chooseItem(page, words) {
    await page.getByLabel('办什么事').fill(words);
    await page.getByRole('button', { name: '查找' }).click();
    await page.getByRole('button', { name: /^选定/ }).first().click();
}

/// The first answer to every question, but those named.
export async function answer(page, answers = {}) {
    for (const group of await page.locator('fieldset.ask').all()) {
        const legend = (await group.locator('legend').innerText()).trim();
        const wanted = Object.entries(answers).find(([part]) => legend.includes(part));
        const choice = wanted ? group.getByLabel(wanted[1]) : group.getByRole(/可多选/.test(legend) ? 'checkbox' : 'radio').first();
        await choice.check();
    }
    await page.getByRole('button', { name: /确定情形/ }).click();
}

/// A receipt of this item for this person, as far as the table of materials.
export async function atTable(found, kind, { words, answers }, person, agent) {
    const clerk = await atWindow(found, kind);
    await beginWith(clerk, person, agent);
    await chooseItem(clerk, words);
    await answer(clerk, answers);
    return clerk;
}

/// The finding on the line of this number.
export async function find(page, nth, finding) {
    await page.getByRole('radiogroup', { name: `第 ${nth} 项结论`, exact: true }).getByRole('radio', { name: finding, exact: true }).check();
}

/// The text of the paper of this title, from the page at the window.
export async function printed(page, title) {
    const line = page.locator('#papers li', { hasText: title }).last();
    return paper(page, await line.getByRole('link', { name: /打印/ }).getAttribute('href'));
}

/// Everything there and as it should be: accepted. Gives the case number.
export async function acceptAll(page) {
    await page.getByRole('button', { name: /其余全部合格/ }).click();
    await page.getByRole('button', { name: /^受理并打印/ }).click();
    await page.locator('#papers').waitFor();
    return caseNumber(page);
}

export async function caseNumber(page) {
    return (await page.locator('.caseno').first().innerText()).trim();
}

/// Beginnings of the accounts that had something to do with a case: those of a department begin alike.
const known = new Map();

/// The case page of somebody at this post of the agency whose desk shows the case.
export async function atCase(found, role, caseNo, label) {
    const near = known.get(caseNo) ?? new Set();
    const far = (who) => !near.has(who.account.slice(0, 3));
    const those = accounts.filter((one) => one.role === role);
    for (const who of those.sort((one, other) => far(one) - far(other))) {
        const { context } = await entered(found, who);
        const answer = await context.request.get(`/cases/${caseNo}`);
        if (answer.status() === 200 && (await answer.text()).includes(`>${label}</label>`)) {
            known.set(caseNo, near.add(who.account.slice(0, 3)));
            const page = await context.newPage();
            watch(page);
            await page.goto(`/cases/${caseNo}`);
            return page;
        }
        await context.close();
    }
    assert.fail(`nobody at ${role} has “${label}” for ${caseNo}`);
}

/// Opens what is folded under this title, where it is closed.
export async function unfold(page, title) {
    const fold = page.locator('details').filter({ has: page.locator('summary', { hasText: title }) }).first();
    if ((await fold.getAttribute('open')) === null) await fold.locator('summary').click();
    return fold;
}

/// One act on a case: the words in the field, the button, and what is said when it is done.
export async function act(page, label, words, button) {
    await page.getByLabel(label, { exact: true }).fill(words);
    await page.getByRole('button', { name: button }).click();
    return (await page.locator('.alertbar[role=status]').first().innerText()).trim();
}

/// Examines, reviews and approves the branch of every department that still has to.
export async function approveAll(found, caseNo, branches) {
    for (let branch = 0; branch < branches; branch += 1) {
        for (const [role, label, button] of [
            ['examiner', '审查意见', /审查完成/],
            ['reviewer', '审核意见', /审核完成/],
            ['chief_representative', '审批意见（理由）', /^准予/],
        ]) {
            const page = await atCase(found, role, caseNo, label);
            await act(page, label, '材料齐全，符合法定条件，拟同意。', button);
            await page.context().close();
        }
    }
}

/// The query code of a case, as the receipt says it.
export async function queryCode(page, caseNo) {
    await page.goto(`/cases/${caseNo}/intake`);
    const text = await printed(page, '收件凭证');
    assert.ok(text.includes(caseNo), 'the receipt names the case');
    const code = /查询码[：:]?(\d{8})/.exec(text);
    assert.ok(code, text);
    return code[1];
}

/// The page of progress, by number and code, of somebody without an account.
export async function progressOf(found, caseNo, code) {
    const page = await visitor(found, { viewport: { width: 390, height: 844 } });
    await page.goto('/progress');
    await page.getByLabel('办件编号').fill(caseNo);
    await page.getByLabel('查询码').fill(code);
    await page.getByRole('button', { name: '查询' }).click();
    return page;
}
