#!/usr/bin/env node
// Bundles what runs in the browser into wwwroot/lib/: node build.mjs [--blazor FILE]
//
// npm packages come by the lock file, without their scripts, and only when it changed. The result appears whole: it is built aside and moved into place.
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

process.chdir(import.meta.dirname);
const output = path.join('wwwroot', 'lib');

/** A failure that the user can do something about: one line. */
class Refusal extends Error {}

try {
  installPackages();
  await bundle(readBlazorOption(process.argv.slice(2)));
} catch (error) {
  console.error(`cannot bundle the portal's browser parts: ${error instanceof Refusal ? error.message : oneLine(error.message)}`);
  process.exitCode = 1;
}

function readBlazorOption(args) {
  if (args.length === 0) {
    return null;
  }

  const file = args[1];
  if (args[0] !== '--blazor' || !fs.existsSync(file)) {
    throw new Refusal(`Blazor's script is not at ${file}; build with -p:BlazorScript=package to take the SDK's own`);
  }

  return file;
}

function installPackages() {
  const lock = fs.readFileSync('package-lock.json');
  const stamp = path.join('node_modules', '.lock-hash');
  const hash = crypto.createHash('sha256').update(lock).update(process.platform + process.arch).digest('hex');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === hash) {
    return;
  }

  const { status, error, stdout, stderr } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (error?.code === 'ENOENT') {
    throw new Refusal('npm is not on the PATH; install Node.js 20 or later, with npm');
  }

  if (status !== 0) {
    const text = `${stdout}\n${stderr}`;
    const code = /npm (?:error|ERR!) code (\w+)/.exec(text)?.[1] ?? 'no code';
    const unreachable = /^(ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|FETCH_ERROR)$/.test(code);
    throw new Refusal(
      unreachable
        ? `the npm registry cannot be reached (${code}); connect to the network or set npm's registry and proxy, then build again: after one success it works offline`
        : `npm ci failed (${code}): ${oneLine(/npm (?:error|ERR!) (?!code|A complete log)(.+)/.exec(text)?.[1] ?? text)}`,
    );
  }

  fs.writeFileSync(stamp, hash);
}

async function bundle(blazor) {
  const { build } = await import('esbuild');
  const stage = fs.mkdtempSync(path.join('node_modules', '.bundle-'));
  try {
    const common = { bundle: true, minify: true, target: ['chrome111', 'firefox114', 'safari16.4'], outdir: stage, legalComments: 'eof', logLevel: 'silent' };
    await build({ ...common, format: 'esm', entryPoints: ['app.js', 'editor.js', 'charts.js', 'graph.js'].map((file) => path.join('Browser', file)) });
    // Before the first paint, and on a page without modules.
    await build({ ...common, format: 'iife', entryPoints: ['theme.js', 'signin.js'].map((file) => path.join('Browser', file)) });
    await build({ ...common, entryPoints: ['app.css', 'signin.css'].map((file) => path.join('Browser', 'styles', file)) });
    if (blazor) {
      fs.copyFileSync(blazor, path.join(stage, 'blazor.web.js'));
    }

    fs.mkdirSync(output, { recursive: true });
    const built = fs.readdirSync(stage);
    for (const file of built) {
      fs.chmodSync(path.join(stage, file), 0o644);
      fs.renameSync(path.join(stage, file), path.join(output, file));
    }

    for (const file of fs.readdirSync(output).filter((file) => !built.includes(file))) {
      fs.rmSync(path.join(output, file), { recursive: true });
    }
  } finally {
    fs.rmSync(stage, { recursive: true, force: true });
  }
}

function oneLine(text) {
  return text.trim().replace(/\s*\n\s*/g, ' ').slice(0, 400);
}
