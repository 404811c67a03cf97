// Every page of every post passes axe, is not clipped, says nothing in English; both widths are kept as pictures. With
// demo data and in a centre where nobody has come yet.
import test from 'node:test';
import { account, browser, checked, emptyUrl, signedIn, url, visitor } from '../house.mjs';

const food = '/guide/items/scjg-spjy-xb';
const open = ['/sign-in', '/', '/guide', '/guide?q=开火锅店', food, `${food}/questions`, `${food}/questions?asked=q1`,
    `${food}/list?all=1`, '/progress'];
const roles = ['intake', 'issuance', 'examiner', 'reviewer', 'chief_representative', 'agency_head', 'government_head', 'agency_administrator',
    'office_administrator', 'duty_manager', 'supervisor', 'inspector', 'assistant', 'system_administrator',
    'security_administrator', 'audit_administrator'];

const named = (path) => path.replaceAll(/[^a-z0-9-]+/gi, '_');

async function forEverybody(t, baseURL, name, prepare = async () => {}) {
    const found = await browser(t);
    const page = await visitor(found, { baseURL });
    await prepare(page);
    for (const path of open) {
        await t.test(path, async () => {
            await page.goto(path);
            await checked(page, `${name}${named(path)}`);
        });
    }
}

test('pages for everybody', (t) => forEverybody(t, url, 'open'));

test('pages for everybody in large letters', (t) =>
    forEverybody(t, url, 'large', (page) => page.goto('/large-type?on=1&to=/')));

async function ofRole(t, baseURL, role, name) {
    const found = await browser(t);
    const page = await signedIn(found, account(role), { baseURL });
    const entries = await page.locator('nav.zw-side a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    const paths = [new URL(page.url()).pathname, ...entries];
    if (role === 'intake') paths.push('/password');
    for (const path of new Set(paths)) {
        await t.test(path, async () => {
            await page.goto(path);
            await checked(page, `${name}${named(path)}`);
        });
    }
}

for (const role of roles) test(`pages of ${role}`, (t) => ofRole(t, url, role, role));

// The lists of one post of each kind; the others show the same ones.
for (const role of ['intake', 'examiner', 'agency_administrator', 'duty_manager', 'audit_administrator']) {
    test(`pages of ${role} where nobody has come yet`, (t) => ofRole(t, emptyUrl, role, `empty_${role}`));
}
