// Finds what the tests need besides npm's packages: redis-server, chromium and a font with Chinese characters.
// On Debian as root it installs what is missing; elsewhere it lists that and ends with 1, so that nothing is skipped.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const NEEDS = [
  {
    debian: 'redis-server',
    what: 'Redis 6.2 or newer (redis-server)',
    present: () => onPath('redis-server'),
  },
  { debian: 'chromium', what: 'Chromium', present: () => onPath('chromium') || onPath('google-chrome') },
  { debian: 'fonts-wqy-microhei', what: 'a font with Chinese characters', present: hasChineseFont },
];

function onPath(program) {
  const folders = (process.env.PATH ?? '')
    .split(':')
    .concat('/usr/bin', '/usr/local/bin', '/opt/homebrew/bin');
  return folders.some((folder) => folder !== '' && existsSync(`${folder}/${program}`));
}

function hasChineseFont() {
  // The usual folders first: asking fontconfig takes longer, and it may not be there.
  const folders = ['/usr/share/fonts/truetype/wqy', '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc'];
  if (process.platform === 'darwin' || folders.some((path) => existsSync(path))) return true;
  const { stdout } = spawnSync('fc-list', [':lang=zh', 'family'], { encoding: 'utf8' });
  return (stdout ?? '').trim() !== '';
}

const missing = NEEDS.filter(({ present }) => !present());
if (missing.length > 0) {
  const packages = missing.map(({ debian }) => debian);
  const mayInstall = existsSync('/etc/debian_version') && process.getuid?.() === 0;
  if (!mayInstall) {
    console.error('The tests need programs that are missing here:');
    for (const { what, debian } of missing) console.error(`  - ${what} (Debian: ${debian})`);
    console.error(`On Debian or Ubuntu: sudo apt-get install --no-install-recommends ${packages.join(' ')}`);
    process.exit(1);
  }
  console.log(`Installing what the tests need: ${packages.join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => execFileSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    apt('update', '-q');
    apt('install', '-y', '-q', '--no-install-recommends', ...packages);
  } catch {
    console.error(
      `apt-get could not install ${packages.join(', ')}: install them by hand, then run the tests again.`,
    );
    process.exit(1);
  }
  const still = NEEDS.filter(({ present }) => !present());
  if (still.length > 0) {
    console.error(`Still missing after the installation: ${still.map(({ what }) => what).join(', ')}`);
    process.exit(1);
  }
}
