// From the window to the applicant's hands: taken in, approved by two departments side by side, signed over, checked,
// told, delivered, rated once; everybody sees where it stands.
import assert from 'node:assert/strict';
import test from 'node:test';
import { account, browser, checked, paper, signedIn, visitor } from '../house.mjs';
import { acceptAll, act, approveAll, atCase, atTable, identityNumber, progressOf, queryCode, unfold } from '../counter.mjs';

/// The window of the first floor that hands results out.
const window = 'A04';

/// Taken in, approved by every department and signed over by the one that leads.
async function signedOver(found, item, person, agent) {
    const answers = { 由谁来办理: agent ? '委托他人办理' : /本人办理/ };
    const clerk = await atTable(found, 'general', { words: item.words, answers }, person, agent);
    const caseNo = await acceptAll(clerk);
    const code = await queryCode(clerk, caseNo);
    await clerk.context().close();
    await approveAll(found, caseNo, item.departments);
    const chief = await atCase(found, 'chief_representative', caseNo, '证照编号');
    await chief.getByText('准予', { exact: true }).first().waitFor();
    assert.match(await act(chief, '证照编号', 'CQ-JB-2026-0001', /签字移交/), /已移交/);
    await chief.context().close();
    return { caseNo, code };
}

/// The issuing desk with a case of its list; `press` gives what is said then.
async function issuing(found, caseNo) {
    const desk = await signedIn(found, account('intake', (one) => one.window === window));
    await desk.goto(`/issuing?case=${caseNo}`);
    desk.press = async (name) => {
        await desk.getByRole('button', { name }).click();
        return (await desk.locator('.alertbar[role=status], .alertbar[role=alert]').first().innerText()).trim();
    };
    return desk;
}

/// Signed for and found to be what the case says.
async function taken(desk) {
    assert.match(await desk.press(/签收结果材料/), /已签收/);
    assert.match(await desk.press(/核对一致/), /逐项核对/, 'nothing is checked by a single click');
    for (const same of await desk.locator('fieldset.cmp input[value=same]').all()) await same.check();
    assert.match(await desk.press(/核对一致/), /已登记核对结论/);
}

const stages = (page) => page.locator('.tl li').evaluateAll((steps) =>
    steps.map((step) => [step.querySelector('b').textContent, step.className || (step.hasAttribute('aria-current') ? 'now' : '')]));

test('handed over on both sides, checked, told, delivered and rated at the window once', async (t) => {
    const found = await browser(t);
    const person = { number: identityNumber(11), name: '演示申请人十一', phone: '13900000011' };
    const { caseNo, code } = await signedOver(found, { words: '临时占用道路', departments: 2 }, person);
    const desk = await issuing(found, caseNo);
    await checked(desk, 'issuing_case');
    await taken(desk);
    await unfold(desk, '通知领取');
    assert.match(await desk.press(/登记已通知/), /已登记通知/);
    await unfold(desk, '窗口领取');
    assert.match(await desk.press(/确认送达/), /尚未核验领取人身份.*行政许可法/s, 'nobody gets it unchecked');
    await desk.getByLabel(/已核验领取人证件；/).check();
    assert.match(await desk.press(/确认送达/), /送达回证已编号/);
    assert.match(await desk.press(/邀请评价/), /已邀请评价/);

    const progress = await progressOf(found, caseNo, code);
    assert.match(await progress.locator('main').innerText(), /您对这次服务满意吗/);
    await checked(progress, 'progress_delivered');
    for (const link of await progress.locator('a[href*="/papers/"]').all()) {
        const text = await paper(progress, await link.getAttribute('href'));
        assert.ok(text.includes(caseNo) && text.includes((await link.innerText()).trim()), await link.innerText());
    }

    const manager = await signedIn(found, account('duty_manager'));
    await manager.goto('/evaluators');
    const address = await manager.getByRole('link', { name: `打开 ${window} 窗口评价器` }).getAttribute('href');
    await manager.context().close();
    const device = await visitor(found, { viewport: { width: 1024, height: 768 } });
    await device.goto(address);
    assert.ok((await device.locator('main').innerText()).includes(caseNo), 'the window asks for this case');
    assert.equal(await device.locator('input:checked').count(), 0, 'nothing is chosen beforehand');
    await checked(device, 'evaluator_asks');
    await device.getByRole('button', { name: '提交评价' }).click();
    assert.match(await device.getByRole('alert').innerText(), /先选一项满意程度/);
    await checked(device, 'evaluator_refused');
    await device.getByRole('radio', { name: '非常满意', exact: true }).check();
    await device.locator('.i5 input').first().check();
    await device.getByRole('button', { name: '提交评价' }).click();
    await device.getByRole('heading', { name: '谢谢您的评价' }).waitFor();
    await checked(device, 'evaluator_thanks');
    await device.getByRole('heading', { name: '欢迎办事' }).waitFor(); // by itself
    await checked(device, 'evaluator_idle');

    await progress.reload();
    assert.doesNotMatch(await progress.locator('main').innerText(), /您对这次服务满意吗/);
    assert.ok((await stages(progress)).every(([, state]) => state === 'done'), JSON.stringify(await stages(progress)));
    await desk.goto(`/cases/${caseNo}`);
    const trail = await desk.locator('#timeline').innerText();
    for (const step of ['受理', '准予', '移交', '签收', '核对', '通知', '送达', '评价']) assert.ok(trail.includes(step), step);
    await checked(desk, 'case_concluded');
});

test('delivered to the agent and rated by the link, a second time refused', async (t) => {
    const found = await browser(t);
    const person = { number: identityNumber(12), name: '演示申请人十二', phone: '13900000012' };
    const agent = { number: identityNumber(13), name: '演示代理人十三', phone: '13900000013' };
    const { caseNo, code } = await signedOver(found, { words: '烟草零售', departments: 1 }, person, agent);
    const desk = await issuing(found, caseNo);
    await taken(desk);
    await unfold(desk, '窗口领取');
    await desk.getByLabel('由谁领取').selectOption({ label: '办件登记的代理人' });
    await desk.getByLabel(/已核验领取人证件；/).check();
    assert.match(await desk.press(/确认送达/), /送达回证已编号/);

    const page = await progressOf(found, caseNo, code);
    await desk.goto(`/cases/${caseNo}`);
    const receipt = await desk.getByRole('link', { name: '送达回证' }).getAttribute('href');
    assert.match(await paper(desk, receipt), /送达回证.*领取人演示代理人十三（代理人）/s);
    await page.getByRole('link', { name: '评价这次服务' }).click();
    const link = page.url();
    await page.getByRole('radio', { name: '不满意', exact: true }).check();
    await page.locator('.i2 input').first().check();
    await checked(page, 'rating_chosen');
    const twice = await page.context().newPage();
    await twice.goto(link);
    await page.getByRole('button', { name: '提交评价' }).click();
    await page.getByRole('heading', { name: '谢谢您的评价' }).waitFor();
    await checked(page, 'rating_thanks');
    await twice.getByRole('radio', { name: '非常满意', exact: true }).check();
    await twice.getByRole('button', { name: '提交评价' }).click();
    assert.match(await twice.getByRole('alert').innerText(), /已经评价/);
    assert.equal(await twice.getByRole('button', { name: '提交评价' }).count(), 0, 'nothing is left to be sent');
    const wrong = await page.goto(`${link.slice(0, -4)}0000`);
    assert.equal(wrong.status(), 404);
    await checked(page, 'rating_wrong_link');
});
