// What the stories share: a browser, people who are signed in, axe, screenshots.
import { chromium } from 'playwright-core';
import axe from 'axe-core';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const url = process.env.YICHUANG_URL;
/// A centre where nobody has come yet.
export const emptyUrl = process.env.YICHUANG_EMPTY_URL;
export const accounts = JSON.parse(process.env.YICHUANG_ACCOUNTS);

const candidates = [process.env.YICHUANG_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = candidates.find((path) => path && existsSync(path));

/// The browser of a story, closed at its end.
export async function browser(t, options = {}) {
    assert.ok(executablePath, 'no Chromium: apt-get install chromium, or set YICHUANG_CHROMIUM');
    const found = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--lang=zh-CN'], ...options });
    t.after(() => found.close());
    return found;
}

/// The first account that fits.
export function account(role, fits = () => true) {
    const found = accounts.find((one) => one.role === role && fits(one));
    assert.ok(found, `no account for ${role}`);
    return found;
}

async function newContext(browser, options) {
    const context = await browser.newContext({
        baseURL: url, locale: 'zh-CN', reducedMotion: 'reduce', viewport: { width: 1440, height: 900 }, ...options });
    context.setDefaultTimeout(15_000);
    return context;
}

/// A browser context of somebody who has signed in: as the form does it, without drawing it. The form itself is filled
/// in by the stories about signing in. Gives the context and the page that follows the sign-in.
export async function entered(browser, who, options = {}) {
    const context = await newContext(browser, options);
    const answer = await context.request.post('/sign-in', {
        form: { account: who.account, password: who.password, code: '' }, headers: { origin: options.baseURL ?? url } });
    const first = new URL(answer.url()).pathname;
    assert.notEqual(first, '/sign-in', `${who.account} is signed in`);
    return { context, first };
}

/// The first page of somebody who has signed in.
export async function signedIn(browser, who, options = {}) {
    const { context, first } = await entered(browser, who, options);
    const page = await context.newPage();
    watch(page);
    await page.goto(first);
    return page;
}

/// A page of somebody without an account.
export async function visitor(browser, options = {}) {
    const context = await newContext(browser, options);
    const page = await context.newPage();
    watch(page);
    return page;
}

export async function fillSignIn(page, who) {
    await page.getByLabel('账号', { exact: true }).fill(who.account);
    await page.getByLabel('密码', { exact: true }).fill(who.password);
    await page.getByRole('button', { name: '登录', exact: true }).last().click();
    await page.waitForURL((at) => at.pathname !== '/sign-in');
}

/// What a page complains about is a fault of the page.
export function watch(page) {
    page.faults = [];
    page.on('pageerror', (fault) => page.faults.push(String(fault)));
    page.on('console', (said) => {
        const text = said.text();
        if (said.type() === 'error' && !/Failed to load resource: the server responded/.test(text)) page.faults.push(text);
    });
}

/// No fault by WCAG 2.0–2.2 A and AA.
export async function accessible(page, what) {
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
    const found = await page.evaluate(() =>
        window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }));
    const faults = found.violations.map((fault) =>
        `${fault.id}: ${fault.help}\n    ${fault.nodes.slice(0, 4).map((node) => node.html.slice(0, 160)).join('\n    ')}`);
    assert.deepEqual(faults, [], `${what}: axe`);
    assert.deepEqual(page.faults ?? [], [], `${what}: console`);
}

/// No text that is clipped, nothing wider than the page, no English.
export async function tidy(page, what) {
    const faults = await page.evaluate(() => {
        const found = [];
        const root = document.documentElement;
        if (root.scrollWidth > root.clientWidth + 1) {
            const wide = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > root.clientWidth + 1);
            found.push(`wider than the page by ${root.scrollWidth - root.clientWidth}: ${wide.at(-1)?.outerHTML.slice(0, 160)}`);
        }
        for (const one of document.querySelectorAll('body *')) {
            const style = getComputedStyle(one);
            if (style.visibility === 'hidden' || style.display === 'none') continue;
            const clips = style.overflowX === 'hidden' && !one.classList.contains('skip');
            if (clips && one.scrollWidth > one.clientWidth + 2 && one.clientWidth > 1) {
                found.push(`clipped: ${one.outerHTML.slice(0, 120)}`);
            }
        }
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const allowed = /^(PDF|JPG|clamd|Ctrl|Alt|Enter|Esc|Tab|Excel|CSV|JPEG|PNG|SM3|SQLite|PostgreSQL|JSON|IP|URL|NTP|OFL)$/i;
        while (walker.nextNode()) {
            const node = walker.currentNode;
            if (node.parentElement.closest('script, style, .mono, code, [translate=no]')) continue;
            for (const word of node.textContent.match(/[A-Za-z]{3,}/g) ?? []) {
                if (!allowed.test(word)) found.push(`English: ${word} in “${node.textContent.trim().slice(0, 60)}”`);
            }
        }
        return found.slice(0, 12);
    });
    assert.deepEqual(faults, [], `${what}: layout and words`);
}

const widths = [[1440, 900], [390, 844]];
const picture = (page, name, width) =>
    page.screenshot({ path: join(process.env.YICHUANG_SCREENSHOTS, `${name}-${width}.png`), fullPage: true });

/// The page as it is, at both widths, among the output of the run.
export async function shot(page, name) {
    const before = page.viewportSize();
    for (const [width, height] of widths) {
        await page.setViewportSize({ width, height });
        await picture(page, name, width);
    }
    await page.setViewportSize(before);
}

/// A page as it is: axe, layout and words at both widths, and its pictures.
export async function checked(page, name) {
    const before = page.viewportSize();
    for (const [width, height] of widths) {
        await page.setViewportSize({ width, height });
        await picture(page, name, width);
        await accessible(page, `${name} at ${width}`);
        await tidy(page, `${name} at ${width}`);
    }
    await page.setViewportSize(before);
}

/// The text of a paper behind this address, without the spaces a line of Chinese has none of; it is a PDF.
export async function paper(page, address) {
    const answer = await page.context().request.get(address);
    assert.equal(answer.status(), 200, address);
    const bytes = await answer.body();
    assert.equal(bytes.subarray(0, 5).toString(), '%PDF-', `${address} is a PDF`);
    return execFileSync('pdftotext', ['-layout', '-', '-'], { input: bytes }).toString().replaceAll(/\s+/g, '');
}
