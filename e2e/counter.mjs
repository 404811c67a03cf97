// What a clerk, an approver and an issuer do, step by step, as the stories use it. Everybody here is invented.
import assert from 'node:assert/strict';
import { account, accounts, browser, signedIn } from './house.mjs';

/// A number as GB 11643 wants it, with a birthday of its own; nobody's.
export function identityNumber(nth) {
    const body = `5001051990010${1 + (nth % 9)}${String(100 + (nth % 800)).padStart(3, '0')}`.slice(0, 17);
    const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const sum = [...body].reduce((sum, digit, at) => sum + Number(digit) * weights[at], 0);
    return body + '10X98765432'[sum % 11];
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
export async function beginWith(page, person) {
    await page.getByRole('button', { name: /新收件/ }).click();
    await fillPerson(page, person);
}

export async function fillPerson(page, person) {
    await page.getByLabel('证件号码', { exact: true }).fill(person.number);
    await page.getByLabel('姓名或者名称').fill(person.name);
    await page.getByLabel('联系电话').fill(person.phone);
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

/// The case page of somebody at this post of the agency whose desk shows the case.
export async function atCase(found, role, caseNo, label) {
    for (const who of accounts.filter((one) => one.role === role)) {
        const page = await signedIn(found, who);
        const answer = await page.goto(`/cases/${caseNo}`);
        if (answer.status() === 200 && (await page.getByLabel(label, { exact: true }).count())) return page;
        await page.context().close();
    }
    assert.fail(`nobody at ${role} has “${label}” for ${caseNo}`);
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
            await page.getByLabel(label, { exact: true }).fill('材料齐全，符合法定条件，拟同意。');
            await page.getByRole('button', { name: button }).click();
            await page.locator('[role=status]').first().waitFor();
            await page.context().close();
        }
    }
}
