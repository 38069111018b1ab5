// What Maven calls. Builds the dashboard into the folder given, unless nothing that it is made of has changed.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [task, target] = process.argv.slice(2);
if (!['build', 'test'].includes(task) || !target) throw new Error('usage: node build.mjs build|test FOLDER');
const out = resolve(target, 'classes/dashboard');

const files = (path) =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(path, entry.name)) : [join(path, entry.name)],
  );

const sources = [
  ...files(join(here, 'src')).filter((file) => !file.endsWith('schema.d.ts')),
  ...files(join(here, 'public')),
  ...['index.html', 'package.json', 'package-lock.json', 'tsconfig.json', 'vite.config.ts', 'eslint.config.js', 'build.mjs'].map(
    (name) => join(here, name),
  ),
  resolve(here, '../../docs/api/openapi.json'),
].sort();

const hash = (paths) => {
  const sum = createHash('sha256');
  for (const path of paths) sum.update(relative(here, path)).update('\0').update(readFileSync(path)).update('\0');
  return sum.digest('hex');
};

/** Runs the work unless the stamp says that it was done for the same content. */
const once = (name, content, there, work) => {
  const stamp = resolve(name === 'install' ? join(here, 'node_modules') : target, `.dashboard-${name}`);
  if (there() && existsSync(stamp) && readFileSync(stamp, 'utf8') === content) {
    console.log(`dashboard: ${name} is up to date`);
    return;
  }
  work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, content);
};

const npm = (...args) =>
  execFileSync('npm', args, { cwd: here, stdio: 'inherit', env: { ...process.env, DASHBOARD_OUT: out } });

once(
  'install',
  hash([join(here, 'package-lock.json')]),
  () => existsSync(join(here, 'node_modules')),
  () => npm('ci', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'),
);
if (task === 'build') {
  once('build', hash(sources), () => existsSync(join(out, 'index.html')), () => npm('run', '--silent', 'build'));
} else {
  once('test', hash(sources), () => true, () => npm('test', '--silent'));
}
