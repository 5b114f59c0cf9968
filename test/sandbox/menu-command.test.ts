import { mkdirSync, rmSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { englishWords } from '../support/language/english-words.js';
import { startAccountOnCli, type AccountOnCli } from './support/account-on-cli.js';

let cli: AccountOnCli;
let file: string;
beforeEach(async () => {
  cli = await startAccountOnCli();
  file = cli.path('menu.yaml');
});
afterEach(() => cli.stop());

const WEATHER = { type: 'click', name: '天气', key: 'weather' };
const conditional = (tag: string) => ({
  matchrule: { tag_id: tag },
  button: [{ type: 'click', name: `标签${tag}`, key: `tag-${tag}` }],
});
const names = () => cli.sandbox.state.menus.current()?.map(({ name }) => name);
const callsTo = (path: string) => cli.sandbox.state.calls.list().filter((call) => call.path === path).length;
const backups = async () => (await readdir(dirname(file))).filter((name) => name.includes('.backup.'));

describe('given an account without a menu', () => {
  test('when a file written by hand is pushed, then the menu is there, the file stays as it was written, and a second push changes nothing', async () => {
    await writeFile(file, '# 我们的菜单\nbutton:\n  - { type: click, name: 天气, key: weather } # 天气\n');
    expect(await cli.run('menu', 'push', file)).toMatchObject({
      code: 0,
      out: expect.stringContaining('a menu of 1 button'),
    });
    expect(names()).toEqual(['天气']);
    const content = await readFile(file, 'utf8');
    expect(content).toContain('# 我们的菜单');
    expect(content).toMatch(/# 天气[\s\S]*base: /);
    expect(await cli.run('menu', 'push', file)).toMatchObject({ code: 0, out: 'Nothing to change.\n' });
    expect(callsTo('/cgi-bin/menu/create')).toBe(1);
    expect(await backups()).toEqual([]);
  });

  test('when the file holds nonsense, then every fault is named and nothing is asked of WeChat', async () => {
    await writeFile(
      file,
      'button:\n  - { type: click, name: a }\n  - { type: jump, name: b }\n  - { name: c, sub_button: [{ type: view, name: d, ulr: x }] }\n',
    );
    const { code, err } = await cli.run('menu', 'push', file);
    expect(code).toBe(1);
    expect(err).toMatch(/a button of type click needs it[\s\S]*button\[0\]\.key/);
    expect(err).toMatch(/is one of click, view/);
    expect(err).toContain('ulr');
    const { err: zh } = await cli.run('menu', 'push', file, '--lang', 'zh');
    expect(zh).toMatch(/click 类型的按钮需要它[\s\S]*→ button\[0\]\.key/);
    expect(englishWords(zh)).toEqual([]);
    await writeFile(file, JSON.stringify({ button: [{ ...WEATHER, name: '六个汉字的名' }] }));
    expect(await cli.run('menu', 'diff', file)).toMatchObject({
      code: 1,
      err: expect.stringContaining('button[0].name has to be 1 to 16 bytes of UTF-8, and is 18'),
    });
    expect(await cli.run('menu', 'push', cli.path('none.yaml'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('ENOENT'),
    });
    expect(cli.sandbox.state.calls.list()).toEqual([]);
  });

  test('when it is pulled, then the file says so', async () => {
    expect(await cli.run('menu', 'pull', file)).toMatchObject({ code: 0, out: `${file}: no menu.\n` });
    expect(await cli.run('menu', 'diff', file)).toMatchObject({ code: 0, out: 'No difference.\n' });
  });
});

describe('given files as editors and people write them', () => {
  const asJson = (menus: object) => JSON.stringify(menus, undefined, 2);

  test('when a file is in GBK, then it is refused with the line, and nothing is asked of WeChat', async () => {
    const gbk = Buffer.from([0xcc, 0xec, 0xc6, 0xf8]); // 天气
    for (const name of ['menu.yaml', 'menu.json']) {
      const [before, after] = ['{\n"button": [{ "type": "click", "name": "', '", "key": "weather" }] }\n'];
      await writeFile(cli.path(name), Buffer.concat([Buffer.from(before), gbk, Buffer.from(after)]));
      expect(await cli.run('menu', 'push', cli.path(name))).toMatchObject({
        code: 1,
        err: expect.stringMatching(/menu\.(yaml|json) is not UTF-8 in line 2, perhaps GBK: save it as UTF-8/),
      });
    }
    expect(cli.sandbox.state.calls.list()).toEqual([]);
  });

  test.each(['menu.json', 'menu.yaml'])(
    'when %s begins with a byte order mark, then it is pushed, its base is noted, and the next push is taken',
    async (name) => {
      const path = cli.path(name);
      await writeFile(path, `\uFEFF${asJson({ button: [WEATHER] })}`);
      expect(await cli.run('menu', 'push', path)).toMatchObject({ code: 0, err: '' });
      await writeFile(path, `\uFEFF${(await readFile(path, 'utf8')).replace('天气', '预报')}`);
      expect(await cli.run('menu', 'push', path)).toMatchObject({ code: 0, err: '' });
      expect(names()).toEqual(['预报']);
    },
  );

  test('when a .json has a comma too many, then the line is told before anything is sent', async () => {
    const path = cli.path('menu.json');
    await writeFile(path, asJson({ button: [WEATHER] }).replace('"weather"', '"weather",'));
    expect(await cli.run('menu', 'push', path)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/menu\.json is not JSON: line 7, column 5: .*comma too many/),
    });
    await writeFile(file, 'button: *nothing\n');
    expect(await cli.run('menu', 'push', file)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/menu\.yaml is not YAML: .*nothing/),
    });
    expect(cli.sandbox.state.calls.list()).toEqual([]);
  });

  test('when buttons carry the empty lists that menu/get tells of, then it is taken', async () => {
    const leaf = { ...WEATHER, sub_button: [] };
    await writeFile(cli.path('menu.json'), asJson({ button: [leaf, { name: '更多', sub_button: [leaf] }] }));
    expect(await cli.run('menu', 'push', cli.path('menu.json'))).toMatchObject({ code: 0, err: '' });
    expect(cli.sandbox.state.menus.current()).toEqual([WEATHER, { name: '更多', sub_button: [WEATHER] }]);
    await writeFile(
      cli.path('deep.json'),
      asJson({ button: [{ name: '更多', sub_button: [{ ...WEATHER, sub_button: [WEATHER] }] }] }),
    );
    expect(await cli.run('menu', 'push', cli.path('deep.json'), '--force')).toMatchObject({ code: 1 });
  });

  test('when the file cannot be written after the push, then the push counts and a word says what follows', async () => {
    const path = cli.path('menu.json');
    await writeFile(path, asJson({ button: [WEATHER] }));
    cli.sandbox.state.bus.listen(({ event }) => {
      if (event !== 'menu') return;
      rmSync(path, { force: true, recursive: true });
      mkdirSync(path);
    });
    expect(await cli.run('menu', 'push', path)).toMatchObject({
      code: 0,
      out: expect.stringContaining('Pushed a menu of 1 button'),
      err: expect.stringMatching(/was pushed, but .*menu\.json cannot be written \(EISDIR\): .*--force/),
    });
  });
});

describe('given a menu that was made in the console', () => {
  const consoleMenu = (mediaId: string) => [
    { type: 'view', name: '官网', url: 'https://www.example.com/' },
    {
      name: '更多',
      sub_button: {
        list: [
          { type: 'text', name: '电话', value: '010-12345678' },
          { type: 'img', name: '地图', value: mediaId },
          { type: 'click', name: '天气', key: 'weather' },
        ],
      },
    },
  ];
  let mediaId: string;
  beforeEach(() => {
    const picture = { fileName: 'map.png', contentType: 'image/png', bytes: Buffer.from([]) };
    const map = { type: 'image', title: '', introduction: '', ...picture };
    mediaId = cli.sandbox.state.media.keep(map, 'permanent').id;
    cli.sandbox.state.menus.console = { button: consoleMenu(mediaId) };
  });

  test('when it is pulled, then the file is that menu, with a word on what the API does not have, and a push makes it', async () => {
    const { code, out, err } = await cli.run('menu', 'pull', file);
    expect([code, out]).toEqual([0, `${file}: a menu of 2 buttons.\n`]);
    expect(err).toContain('was made in the console');
    expect(err).toMatch(/"电话" was of type text.*a click for a handler to answer, key "电话"/);
    expect(err).toMatch(new RegExp(`"地图" was of type img.*${mediaId}`));
    expect(err).not.toContain('switched off');
    expect(await cli.run('menu', 'diff', file)).toMatchObject({ code: 0 });
    expect(await cli.run('menu', 'push', file)).toMatchObject({ code: 0, err: '' });
    expect(cli.sandbox.state.menus.current()).toEqual([
      consoleMenu(mediaId)[0],
      {
        name: '更多',
        sub_button: [
          { type: 'click', name: '电话', key: '电话' },
          { type: 'media_id', name: '地图', media_id: mediaId },
          WEATHER,
        ],
      },
    ]);
    expect(await backups()).toHaveLength(1);
  });

  test("when a file of one's own would take its place, then it is refused without force", async () => {
    await writeFile(file, 'button:\n  - { type: click, name: 天气, key: weather }\n');
    expect(await cli.run('menu', 'push', file)).toMatchObject({
      code: 1,
      err: expect.stringContaining('was not made from them'),
    });
    expect(callsTo('/cgi-bin/menu/create')).toBe(0);
  });

  test('when it is switched off, then pull says so', async () => {
    cli.sandbox.state.menus.isOpen = false;
    expect(await cli.run('menu', 'pull', file)).toMatchObject({
      code: 0,
      err: expect.stringContaining('switched off in the console (is_menu_open 0)'),
    });
  });
});

describe('given an account with a menu', () => {
  beforeEach(async () => {
    const menus = { button: [WEATHER], conditional: [conditional('3'), conditional('2')] };
    await writeFile(cli.path('first.json'), JSON.stringify(menus));
    expect(await cli.run('menu', 'push', cli.path('first.json'))).toMatchObject({ code: 0 });
    expect(await cli.run('menu', 'pull', file)).toMatchObject({
      code: 0,
      out: expect.stringContaining('1 button and 2 conditional menus'),
    });
  });

  test('when what was pulled is compared, then there is no difference; once it is changed, diff shows the lines and ends with 1', async () => {
    expect(await cli.run('menu', 'diff', file)).toMatchObject({ code: 0, out: 'No difference.\n' });
    await writeFile(file, (await readFile(file, 'utf8')).replace('weather', 'forecast'));
    const { code, out } = await cli.run('menu', 'diff', file);
    expect(code).toBe(1);
    expect(out).toMatch(/^ {2}button:$[\s\S]*^- {5}key: weather$\n^\+ {5}key: forecast$/m);
    expect(JSON.parse((await cli.run('menu', 'diff', file, '--json')).out)).toMatchObject({
      same: false,
      live: { button: [WEATHER] },
    });
  });

  test('when it is pushed, then the menus of before are kept beside it, and can be pushed back', async () => {
    await writeFile(file, (await readFile(file, 'utf8')).replace('天气', '预报'));
    expect(await cli.run('menu', 'push', file)).toMatchObject({ code: 0 });
    expect(names()).toEqual(['预报']);
    const [backup = ''] = await backups();
    expect(await cli.run('menu', 'push', cli.path(backup))).toMatchObject({
      code: 1,
      err: expect.stringContaining('were changed since'),
    });
    expect(await cli.run('menu', 'push', cli.path(backup), '--force')).toMatchObject({ code: 0 });
    expect(names()).toEqual(['天气']);
  });

  test('when somebody else changed the menu since, then nothing is pushed without force', async () => {
    cli.sandbox.state.menus.create([{ type: 'click', name: '别人的', key: 'other' }]);
    await writeFile(file, (await readFile(file, 'utf8')).replace('weather', 'forecast'));
    expect(await cli.run('menu', 'push', file)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^Nothing was pushed: the menus were changed/),
    });
    expect(names()).toEqual(['别人的']);
    expect(await backups()).toEqual([]);
    expect(await cli.run('menu', 'push', file, '--force', '--json')).toMatchObject({ code: 0 });
    expect(names()).toEqual(['天气']);
    expect(await backups()).toHaveLength(1);
  });

  test("when a file of one's own meets menus that it was not made from, then it is refused as well", async () => {
    const own = cli.path('own.json');
    await writeFile(own, JSON.stringify({ button: [{ ...WEATHER, name: '新' }] }));
    expect(await cli.run('menu', 'push', own)).toMatchObject({
      code: 1,
      err: expect.stringContaining('was not made from them'),
    });
  });

  test('when one conditional menu is put in front, then the others stay; when the oldest changes, all are made anew, in order', async () => {
    const tags = () => cli.sandbox.state.menus.conditional.map(({ matchrule }) => matchrule.tag_id);
    const json = cli.path('menu.json');
    const push = async (...which: string[]) => {
      await cli.run('menu', 'pull', json, '--force');
      const pulled: unknown = JSON.parse(await readFile(json, 'utf8'));
      await writeFile(json, JSON.stringify({ ...Object(pulled), conditional: which.map(conditional) }));
      const { code, out, err } = await cli.run('menu', 'push', json, '--json');
      expect([code, err]).toEqual([0, '']);
      const pushed: unknown = JSON.parse(out);
      return pushed;
    };
    expect(await push('4', '3', '2')).toMatchObject({ default: false, removed: 0, added: 1 });
    expect(tags()).toEqual(['2', '3', '4']); // the oldest first, as the sandbox keeps them
    expect(await push('4', '3', '1')).toMatchObject({ removed: 3, added: 3 });
    expect(tags()).toEqual(['1', '3', '4']);
    expect(await push()).toMatchObject({ removed: 3, added: 0 });
    expect(tags()).toEqual([]);
  });

  test('when the file is there already, then pull wants force', async () => {
    expect(await cli.run('menu', 'pull', file)).toMatchObject({
      code: 1,
      err: expect.stringContaining('--force overwrites it'),
    });
    expect(await cli.run('menu', 'pull', file, '--force')).toMatchObject({ code: 0 });
  });

  test('when the menus of the file are none, then they are all removed', async () => {
    await writeFile(file, (await readFile(file, 'utf8')).replace(/button:[\s\S]*/, 'button: []\n'));
    expect(await cli.run('menu', 'push', file)).toMatchObject({
      code: 0,
      out: expect.stringContaining('Pushed no menu'),
    });
    expect(names()).toBeUndefined();
  });
});

test('given no deed, when menu is called, then it says what there is', async () => {
  expect(await cli.run('menu')).toMatchObject({
    code: 2,
    err: expect.stringContaining('pull, diff or push'),
  });
  expect(await cli.run('menu', 'psuh')).toMatchObject({ code: 2 });
});
