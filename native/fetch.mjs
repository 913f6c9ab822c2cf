#!/usr/bin/env node
// Fetches a native part into the cache of this user, once, and prints its folder:
//
//   node native/fetch.mjs <duckdb|postgresql|dashboard|chdb|azurite> [--platform linux-x64|linux-arm64|osx-arm64|win-x64] [--output FILE]
//
// duckdb       <folder>/libduckdb.so (libduckdb.dylib, duckdb.dll)
// postgresql   <folder>/bin/{postgres,initdb,pg_ctl}, lib, share
// dashboard    <folder>/bundle/managed/aspire-managed
// chdb         <folder>/libchdb.so (tests and benchmarks only)
// azurite      <folder>/node_modules/azurite/dist/src/blob/main.js, to be run by node (tests only)
//
// The cache is $LAKEASPIRE_NATIVE, else $XDG_CACHE_HOME/lakeaspire/native, %LOCALAPPDATA%\lakeaspire\native on Windows, /var/cache/lakeaspire/native for root
// (whose home other users can't enter, and PostgreSQL has to run as one), else ~/.cache/lakeaspire/native. A folder there is keyed by the lock file and the platform,
// appears whole or not at all, and is never changed: to go back to a fresh download, delete it.
import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parts } from './parts.mjs';

const here = import.meta.dirname;
const done = '.complete';

/** A failure that the user can do something about: one line. */
class Refusal extends Error {}

const [name, options] = readArguments(process.argv.slice(2));
try {
  const folder = await fetchPart(name, options.platform);
  if (options.output) {
    fs.mkdirSync(path.dirname(options.output), { recursive: true });
    fs.writeFileSync(options.output, folder);
  }

  console.log(folder);
} catch (error) {
  console.error(`cannot fetch ${parts[name].title}: ${error instanceof Refusal ? error.message : oneLine(error.message)}`);
  process.exitCode = 1;
}

function readArguments(args) {
  const options = { platform: `${process.platform}-${process.arch}` };
  const names = [];
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--platform' && args[i + 1]) {
      options.platform = args[++i].replace(/^osx-/, 'darwin-').replace(/^win-/, 'win32-');
    } else if (args[i] === '--output' && args[i + 1]) {
      options.output = args[++i];
    } else {
      names.push(args[i]);
    }
  }

  if (names.length !== 1 || !Object.hasOwn(parts, names[0])) {
    console.error(`usage: node native/fetch.mjs <${Object.keys(parts).join('|')}> [--platform P] [--output FILE]`);
    process.exit(2);
  }

  return [names[0], options];
}

async function fetchPart(name, platform) {
  const part = parts[name];
  if (!part.platforms.includes(platform)) {
    throw new Refusal(`there is no package of it for ${platform}, only for ${part.platforms.join(', ')}`);
  }

  const lockText = fs.readFileSync(path.join(here, name, 'package-lock.json'));
  const key = crypto.createHash('sha256').update(lockText).update('\0').update(platform).digest('hex').slice(0, 20);
  const root = cacheRoot();
  const folder = path.join(root, name, `${platform}-${key}`);
  if (fs.existsSync(path.join(folder, done))) {
    return folder;
  }

  if (isMusl(platform)) {
    throw new Refusal('its packages are built for glibc, and this system has another C library');
  }

  try {
    fs.mkdirSync(path.join(root, name), { recursive: true });
  } catch (error) {
    throw new Refusal(`the cache folder ${root} cannot be written (${error.code}); set LAKEASPIRE_NATIVE to a folder that can`);
  }

  const release = await lock(`${folder}.lock`);
  try {
    if (!fs.existsSync(path.join(folder, done))) {
      await stageAndPublish(name, part, platform, JSON.parse(lockText), folder);
    }
  } finally {
    release();
  }

  return folder;
}

function isMusl(platform) {
  if (process.platform !== 'linux' || !platform.startsWith('linux')) {
    return false;
  }

  process.report.excludeNetwork = true;
  return !process.report.getReport().header.glibcVersionRuntime;
}

function cacheRoot() {
  const { env } = process;
  if (env.LAKEASPIRE_NATIVE) {
    return path.resolve(env.LAKEASPIRE_NATIVE);
  }

  if (env.XDG_CACHE_HOME) {
    return path.join(env.XDG_CACHE_HOME, 'lakeaspire', 'native');
  }

  if (process.platform === 'win32') {
    return path.join(env.LOCALAPPDATA ?? path.join(os.homedir(), 'AppData', 'Local'), 'lakeaspire', 'native');
  }

  return process.getuid() === 0 ? '/var/cache/lakeaspire/native' : path.join(os.homedir(), '.cache', 'lakeaspire', 'native');
}

/** Holds a file while it is touched every two seconds; one that nobody touched for a while was left by a killed process. */
async function lock(file) {
  const stale = 20_000;
  for (;;) {
    try {
      fs.closeSync(fs.openSync(file, 'wx'));
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') {
        throw error;
      }

      const touched = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs;
      if (touched !== undefined && Date.now() - touched > stale) {
        fs.rmSync(file, { force: true });
      } else {
        await delay(200);
      }
    }
  }

  const beat = setInterval(() => fs.utimes(file, new Date(), new Date(), () => {}), 2000);
  return () => {
    clearInterval(beat);
    fs.rmSync(file, { force: true });
  };
}

async function stageAndPublish(name, part, platform, lockFile, folder) {
  if (process.platform !== 'win32') {
    process.umask(0o022);
  }

  // Whatever lies here under this name was left by a killed process: the lock is ours.
  const parent = path.dirname(folder);
  for (const left of fs.readdirSync(parent).filter((entry) => entry.startsWith(`${path.basename(folder)}.tmp-`))) {
    fs.rmSync(path.join(parent, left), { recursive: true, force: true });
  }

  fs.rmSync(folder, { recursive: true, force: true });
  const stage = fs.mkdtempSync(`${folder}.tmp-`);
  try {
    const [system, cpu] = platform.split('-');
    const pkg = part.pkg(system, cpu);
    await (part.isTree ? installTree(stage, name, pkg) : install(stage, pkg, system, cpu, lockFile));
    const unpacked = part.isTree ? stage : path.join(stage, 'node_modules', ...pkg.split('/'));
    part.prepare?.(unpacked, stage);
    const whole = path.join(stage, 'whole');
    const kept = path.join(whole, part.into ?? '');
    fs.mkdirSync(path.dirname(kept), { recursive: true });
    fs.renameSync(path.join(unpacked, part.keep), kept);
    fs.chmodSync(whole, 0o755);
    const missing = part.proof(system).filter((file) => !(fs.statSync(path.join(whole, file), { throwIfNoEntry: false })?.size > 0));
    if (missing.length > 0) {
      throw new Refusal(`${pkg} was unpacked but lacks ${missing.join(', ')}`);
    }

    fs.writeFileSync(path.join(whole, done), `${pkg}@${lockFile.packages[`node_modules/${pkg}`].version}\n`);
    fs.renameSync(whole, folder);
  } finally {
    fs.rmSync(stage, { recursive: true, force: true });
  }
}

/** npm unpacks the one package and checks it against the lock file. As a plain dependency: what fails in an optional one, npm passes over in silence. */
async function install(stage, pkg, system, cpu, lockFile) {
  const { optional: _, ...entry } = lockFile.packages[`node_modules/${pkg}`];
  const root = { name: 'native-part', version: '0.0.0', private: true, dependencies: { [pkg]: entry.version } };
  fs.writeFileSync(path.join(stage, 'package.json'), JSON.stringify(root));
  fs.writeFileSync(
    path.join(stage, 'package-lock.json'),
    JSON.stringify({ name: root.name, version: root.version, lockfileVersion: 3, requires: true, packages: { '': root, [`node_modules/${pkg}`]: entry } }),
  );
  await installLocked(stage, `${pkg} ${entry.version}`, [`--os=${system}`, `--cpu=${cpu}`, ...(system === 'linux' ? ['--libc=glibc'] : [])]);
}

/** A package with all that it depends on, as its lock file says. */
async function installTree(stage, name, pkg) {
  for (const file of ['package.json', 'package-lock.json']) {
    fs.copyFileSync(path.join(here, name, file), path.join(stage, file));
  }

  await installLocked(stage, pkg, []);
}

async function installLocked(stage, what, options) {
  console.error(`fetching ${what} (once)`);
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', ...options];
  const { code, output } = await run('npm', args, stage);
  if (code !== 0) {
    throw new Refusal(explain(code, output, what.replace(' ', '@')));
  }
}

function run(command, args, cwd) {
  return new Promise((resolve) => {
    let output = '';
    // On Windows npm is a .cmd file, which only a shell starts; the arguments are ours and need no quoting.
    const child = spawn(command, args, { cwd, shell: process.platform === 'win32', stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (output += text));
    child.on('error', (error) => resolve({ code: error.code, output }));
    child.on('close', (code) => resolve({ code, output }));
  });
}

function explain(code, output, pkg) {
  if (code === 'ENOENT' || /is not recognized as an internal/.test(output)) {
    return 'npm is not on the PATH; install Node.js 20 or later, with npm';
  }

  const npmCode = /npm (?:error|ERR!) code (\w+)/.exec(output)?.[1] ?? '';
  // A damaged archive may fail to unpack before its hash is known.
  if (/^(EINTEGRITY|Z_\w+|TAR_\w+)$/.test(npmCode)) {
    return `${pkg} came with other content than its lock file says (corrupt download, or a changed package); run "npm cache clean --force", check your registry or proxy, and try again`;
  }

  if (/^(ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|ENOTCACHED|FETCH_ERROR)$/.test(npmCode)) {
    return `the npm registry cannot be reached (${npmCode}); connect to the network or set npm's registry and proxy, then try again: after one success it works offline`;
  }

  if (npmCode === 'E404' || npmCode === 'ETARGET') {
    return `the npm registry in use does not have ${pkg}; point npm to one that has it`;
  }

  return `npm ci failed${npmCode && ` (${npmCode})`}: ${oneLine(/npm (?:error|ERR!) (?!code|A complete log)(.+)/.exec(output)?.[1] ?? output)}`;
}

function oneLine(text) {
  return text.trim().replace(/\s*\n\s*/g, ' ').slice(0, 400);
}
