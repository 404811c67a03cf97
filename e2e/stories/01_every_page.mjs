// Every page of every post passes axe, is not clipped, says nothing in English; both widths are kept as pictures.
import test from 'node:test';
import { account, browser, checked, signedIn, visitor } from '../house.mjs';

const food = '/guide/items/scjg-spjy-xb';
const open = ['/sign-in', '/', '/guide', '/guide?q=开火锅店', food, `${food}/questions`, `${food}/questions?asked=q1`,
    `${food}/list?all=1`, '/progress'];
const roles = ['intake', 'issuance', 'examiner', 'reviewer', 'chief_representative', 'agency_head', 'government_head', 'agency_administrator',
    'office_administrator', 'duty_manager', 'supervisor', 'inspector', 'assistant', 'system_administrator',
    'security_administrator', 'audit_administrator'];

test('pages for everybody', async (t) => {
    const found = await browser(t);
    const page = await visitor(found);
    for (const path of open) {
        await t.test(path, async () => {
            await page.goto(path);
            await checked(page, `open${path.replaceAll(/[^a-z0-9-]+/gi, '_')}`);
        });
    }
});

for (const role of roles) {
    test(`pages of ${role}`, async (t) => {
        const found = await browser(t);
        const page = await signedIn(found, account(role));
        const entries = await page.locator('nav.zw-side a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
        for (const path of [new URL(page.url()).pathname, ...entries].filter((one, at, all) => all.indexOf(one) === at)) {
            await t.test(path, async () => {
                await page.goto(path);
                await checked(page, `${role}${path.replaceAll(/[^a-z0-9-]+/gi, '_')}`);
            });
        }
    });
}
