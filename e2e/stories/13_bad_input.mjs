// What people send by mistake or on purpose: refused or cut off, said plainly, nothing lost.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import test from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { accessible, account, accounts, browser, checked, entered, shot, signedIn, url, visitor } from '../house.mjs';
import { acceptAll, atTable, caseNumber, creditCode, identityNumber, printed, progressOf, queryCode } from '../counter.mjs';

const person = (nth) => ({ number: identityNumber(nth), name: '演示申请人六十', phone: '13900000060' });

/// The files of a workbook by name.
function unzipped(bytes) {
    const files = {};
    for (let at = bytes.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = bytes.indexOf('PK\x01\x02', at + 4, 'latin1')) {
        const [packed, length, begins] = [bytes.readUInt32LE(at + 20), bytes.readUInt16LE(at + 28), bytes.readUInt32LE(at + 42)];
        const from = begins + 30 + bytes.readUInt16LE(begins + 26) + bytes.readUInt16LE(begins + 28);
        files[bytes.toString('utf8', at + 46, at + 46 + length)] = inflateRawSync(bytes.subarray(from, from + packed)).toString();
    }
    return files;
}

test('a file that is too large, and a program called a document', async (t) => {
    const found = await browser(t);
    const clerk = await atTable(found, 'general', { words: '烟草零售' }, person(61));
    const field = clerk.getByLabel('第 1 项上传文件');
    await clerk.getByLabel('当场更正说明').fill('已当场核对');
    const send = async (name, bytes) => {
        await field.setInputFiles({ name, mimeType: 'application/pdf', buffer: bytes });
        await clerk.getByRole('button', { name: /保存并汇总/ }).click();
        const told = await clerk.getByRole('alert').innerText();
        assert.equal(await clerk.locator('.handed li').count(), 0, 'nothing is kept');
        assert.equal(await clerk.getByLabel('当场更正说明').inputValue(), '已当场核对');
        return told;
    };
    assert.match(await send('程序.pdf', Buffer.from('MZ\x90\x00 this program cannot be run')), /只收 PDF、JPG、PNG 文件/);
    await checked(clerk, 'intake_wrong_file');
    const large = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(30 << 20)]);
    assert.match(await send('大文件.pdf', large), /文件超过 \d+ MB，没有保存/);
    // More than a form may hold at all.
    await field.setInputFiles({ name: '更大.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(49 << 20) });
    await clerk.getByRole('button', { name: /保存并汇总/ }).click();
    await clerk.getByText(/内容过大/).waitFor();
    await checked(clerk, 'intake_too_large');
});

test('markup and formulas in a name are text everywhere', async (t) => {
    const found = await browser(t);
    const name = '=HYPERLINK("http://example.invalid","演示")<b>粗</b><script>window.broken=1</script>';
    const clerk = await atTable(found, 'general', { words: '烟草零售' },
        { number: creditCode(1), name, phone: '13900000062', kind: '企业', document: '统一社会信用代码' });
    const caseNo = await acceptAll(clerk);
    const seen = async (page) => {
        assert.ok((await page.locator('main').innerText()).includes('=HYPERLINK('), page.url());
        assert.equal(await page.evaluate(() => window.broken), undefined);
        assert.equal(await page.locator('main b', { hasText: /^粗$/ }).count(), 0);
    };
    await seen(clerk);
    assert.ok((await printed(clerk, '受理通知书')).includes('=HYPERLINK("http://example.invalid","演示")<b>粗</b><script>'));
    await clerk.goto(`/cases/${caseNo}`);
    await seen(clerk);
    await accessible(clerk, 'markup in a name');
    await shot(clerk, 'case_markup_in_name');
    await clerk.goto('/cases');
    await seen(clerk);
    const file = async (words) => (await clerk.context().request.get(await clerk.getByRole('link', { name: words }).getAttribute('href'))).body();
    const cells = (await file('导出 CSV')).toString().split('\n').find((line) => line.includes(caseNo));
    assert.ok(cells.includes(`"'=HYPERLINK(`), cells);
    const book = unzipped(await file('导出 Excel'));
    const sheets = Object.entries(book).filter(([name]) => name.startsWith('xl/worksheets/'));
    assert.ok(sheets.length && sheets.every(([, sheet]) => !/<f[ >]/.test(sheet)), 'no cell is a formula');
    assert.ok(book['xl/sharedStrings.xml'].includes('=HYPERLINK('));
});

test('a query code guessed again and again', async (t) => {
    const found = await browser(t);
    const clerk = await atTable(found, 'general', { words: '烟草零售' }, person(63));
    const caseNo = await acceptAll(clerk);
    const code = await queryCode(clerk, caseNo);
    const wrong = String((Number(code) + 1) % 1e8).padStart(8, '0');
    let page = await progressOf(found, caseNo, wrong);
    const said = await page.getByRole('alert').innerText();
    const tries = Number(/连续输错 (\d+) 次/.exec(said)[1]);
    for (let nth = 1; nth < tries; nth += 1) {
        await page.context().close();
        page = await progressOf(found, caseNo, wrong);
    }
    await page.context().close();
    page = await progressOf(found, caseNo, code);
    assert.equal(await page.getByRole('alert').innerText(), said, 'the right one comes too late, and nothing tells');
    await checked(page, 'progress_guessed');
});

test('a case of another unit', async (t) => {
    const found = await browser(t);
    const clerk = await atTable(found, 'general', { words: '烟草零售' }, person(64));
    const caseNo = await acceptAll(clerk);
    const paper = await clerk.locator('#papers a').first().getAttribute('href');
    const answers = [];
    for (const who of accounts.filter((one) => one.role === 'examiner' || (one.role === 'intake' && one.site !== 'jb'))) {
        const { context } = await entered(found, who);
        const [page, file] = [await context.request.get(`/cases/${caseNo}`), await context.request.get(paper)];
        assert.equal(page.status(), file.status(), 'the paper is not easier to get than the page');
        answers.push(page.status());
        if (page.status() === 200) assert.equal(who.role, 'examiner', `${who.account} sees ${caseNo}`);
        await context.close();
    }
    assert.equal(answers.filter((status) => status === 200).length, 2, `the two examiners of the department alone: ${answers}`);
    const far = await signedIn(found, account('intake', (one) => one.site !== 'jb'));
    await far.goto(`/cases/${caseNo}`);
    assert.match(await far.locator('body').innerText(), /没有找到|不在|没有权限/);
    await checked(far, 'case_of_another_unit');
});

test('a form sent twice makes one case', async (t) => {
    const found = await browser(t);
    const clerk = await atTable(found, 'general', { words: '烟草零售' }, person(65));
    await clerk.getByRole('button', { name: /其余全部合格/ }).click();
    await clerk.getByRole('button', { name: /^受理并打印/ }).waitFor();
    const ends = await clerk.evaluate(async () => {
        const form = document.querySelector('#check');
        const send = () => {
            const fields = new FormData(form);
            fields.set('do', 'accept');
            return fetch(form.action, { method: 'POST', body: fields }).then((answer) => new URL(answer.url).pathname);
        };
        return [...(await Promise.all([send(), send()])), await send()];
    });
    const cases = new Set(ends.filter((path) => path.startsWith('/cases/')));
    assert.equal(cases.size, 1, String(ends));
    await clerk.goto([...cases][0]);
    const caseNo = await caseNumber(clerk);
    await clerk.goto('/cases');
    await clerk.getByLabel('证件号码、电话或者其后四位').fill(person(65).number);
    await clerk.getByRole('button', { name: '按人查询' }).click();
    assert.deepEqual(await clerk.locator('td.mono').allInnerTexts(), [caseNo]);
    await checked(clerk, 'found_by_person');
});

test('what no page of ours sent', async (t) => {
    const found = await browser(t);
    const { context } = await entered(found, account('intake'));
    for (const origin of ['http://example.invalid', 'null']) {
        const answer = await context.request.post('/intake', { form: { act: 'forged' }, headers: { origin } });
        assert.equal(answer.status(), 403);
        assert.match(await answer.text(), /不是从本平台的页面提交的，没有办理/);
    }
    const page = await visitor(found);
    assert.equal((await page.goto('/no-such-page')).status(), 404);
    await checked(page, 'no_such_page');
});

test('who sends slowly is cut off', { timeout: 90_000 }, async () => {
    const { hostname, port } = new URL(url);
    const sent = (text) => new Promise((done, failed) => {
        const line = connect(Number(port), hostname, () => line.write(text));
        let answer = '';
        line.setEncoding('utf8').on('data', (part) => { answer += part; });
        line.on('close', () => done(answer)).on('error', failed);
    });
    const body = `POST /progress HTTP/1.1\r\nHost: ${hostname}:${port}\r\nOrigin: ${url}\r\nConnection: close\r\n`
        + 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\ncase_no=';
    const [head, half] = await Promise.all([sent('GET / HTTP/1.1\r\nHost: '), sent(body)]);
    assert.doesNotMatch(head, / 200 /);
    assert.match(half, /^HTTP\/1.1 504[^]*处理超时/);
});
