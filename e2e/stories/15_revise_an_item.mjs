// A department revises an item, hands it in, and the office returns it: every page on the way.
import test from 'node:test';
import { account, browser, checked, signedIn } from '../house.mjs';

test('an item while it is revised', async (t) => {
    const page = await signedIn(await browser(t), account('examiner', (one) => one.account === '2011'));
    const item = '/items/scjg-spjy-xb';
    await page.goto(item);
    await t.test('as it is in force', () => checked(page, 'item'));
    await page.getByRole('button', { name: '起草修订' }).click();
    for (const section of ['basics', 'limits', 'questions', 'materials', 'points', 'guide', 'files']) {
        await t.test(section, async () => {
            await page.goto(`${item}/draft/${section}`);
            await checked(page, `item_draft_${section}`);
        });
    }
    await page.goto(`${item}/draft/basics`);
    await page.getByLabel('注意事项').fill('演示：办理前请电话咨询。');
    await page.getByRole('button', { name: '保存基本要素' }).click();
    await page.goto(`${item}/changes?old=1&new=2`);
    await t.test('what differs', () => checked(page, 'item_changes'));
    await page.goto(`${item}?version=2`);
    await page.getByRole('button', { name: '送审' }).click();
    await t.test('handed in', () => checked(page, 'item_submitted'));
    const office = await signedIn(await browser(t), account('office_administrator'));
    await office.goto(`${item}?version=2`);
    await t.test('under review', () => checked(office, 'item_review'));
    await office.getByLabel('退回意见').fill('写明咨询电话。');
    await office.getByRole('button', { name: '退回修改' }).click();
    await t.test('returned', () => checked(office, 'item_returned'));
});
