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

const running = [];

/// A demo with so many visitors on a port of its own: where it listens and what it said.
async function demo(name, visitors, days, open) {
    const words = ['demo', '--visitors', visitors, '--days', days, '--open', open, '--json'];
    const server = spawn(binary, [...words, '--listen', '127.0.0.1:0', '--data', join(folder, name)],
        { stdio: ['ignore', 'pipe', 'inherit'] });
    running.push(server);
    let heard = '';
    const url = await new Promise((done, failed) => {
        server.stdout.setEncoding('utf8').on('data', (text) => {
            heard += text;
            const address = /http:\/\/127\.0\.0\.1:\d+/.exec(heard);
            if (address) done(address[0]);
        });
        server.on('exit', (code) => failed(new Error(`the demo ended with ${code}: ${heard}`)));
        setTimeout(() => failed(new Error(`the demo did not start: ${heard}`)), 180_000).unref();
    });
    return { url, heard };
}

async function end(server) {
    server.removeAllListeners('exit');
    const ended = new Promise((done) => server.on('exit', done));
    server.kill('SIGTERM');
    if (server.exitCode === null) await ended;
}

let code = 1;
try {
    const full = await demo('data', '40', '4', '60');
    const empty = await demo('empty', '0', '1', '0');
    const accounts = JSON.parse(full.heard.split('\n').find((line) => line.startsWith('{'))).accounts;
    const stories = only.length ? only : readdirSync(join(here, 'stories')).filter((name) => name.endsWith('.mjs')).sort();
    const env = { ...process.env, YICHUANG_URL: full.url, YICHUANG_EMPTY_URL: empty.url,
        YICHUANG_SCREENSHOTS: shots, YICHUANG_ACCOUNTS: JSON.stringify(accounts) };
    const files = stories.map((name) => join(here, 'stories', name));
    const told = spawn(process.execPath, ['--test', '--test-concurrency=1', ...files], { stdio: 'inherit', env });
    code = await new Promise((done) => told.on('exit', (code) => done(code ?? 1)));
} finally {
    await Promise.all(running.map(end));
    rmSync(folder, { recursive: true, force: true });
}
process.exit(code);
