// Runs the stories against a demo of this tree: starts it on a free port, runs every story with node's own test
// runner, stops it. Usage: node e2e/run.mjs PATH_TO_YICHUANG [story …]
import { spawn } from 'node:child_process';
import { mkdtempSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [binary, ...only] = process.argv.slice(2);
if (!binary) throw new Error('usage: node e2e/run.mjs PATH_TO_YICHUANG [story …]');
const shots = resolve(process.env.YICHUANG_SCREENSHOTS ?? join(here, '..', 'target', 'e2e'));
mkdirSync(shots, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), 'yichuang-e2e-'));

const words = ['demo', '--visitors', '40', '--days', '4', '--open', '60', '--json'];
const server = spawn(binary, [...words, '--listen', '127.0.0.1:0', '--data', join(folder, 'data')],
    { stdio: ['ignore', 'pipe', 'inherit'] });
let heard = '';
const started = new Promise((done, failed) => {
    server.stdout.setEncoding('utf8').on('data', (text) => {
        heard += text;
        const address = /http:\/\/127\.0\.0\.1:\d+/.exec(heard);
        if (address) done(address[0]);
    });
    server.on('exit', (code) => failed(new Error(`the demo ended with ${code}: ${heard}`)));
    setTimeout(() => failed(new Error(`the demo did not start: ${heard}`)), 180_000).unref();
});

let code = 1;
try {
    const url = await started;
    const accounts = JSON.parse(heard.split('\n').find((line) => line.startsWith('{'))).accounts;
    const stories = only.length ? only : readdirSync(join(here, 'stories')).filter((name) => name.endsWith('.mjs')).sort();
    const env = { ...process.env, YICHUANG_URL: url, YICHUANG_SCREENSHOTS: shots, YICHUANG_ACCOUNTS: JSON.stringify(accounts) };
    const files = stories.map((name) => join(here, 'stories', name));
    const told = spawn(process.execPath, ['--test', '--test-concurrency=1', ...files], { stdio: 'inherit', env });
    code = await new Promise((done) => told.on('exit', (code) => done(code ?? 1)));
} finally {
    server.removeAllListeners('exit');
    const ended = new Promise((done) => server.on('exit', done));
    server.kill('SIGTERM');
    if (server.exitCode === null) await ended;
    rmSync(folder, { recursive: true, force: true });
}
process.exit(code);
