import { readTextFile } from '../../config/text-file.js';
import type { Sandbox } from '../../sandbox/sandbox.js';
import { exitCodes, type Terminal } from '../command.js';

const marks = { passed: { en: 'ok  ', zh: '通过' }, failed: { en: 'FAIL', zh: '失败' } } as const;
const verdicts = { passed: { en: 'passed', zh: '通过' }, failed: { en: 'failed', zh: '没有通过' } } as const;

/** Runs one scenario file against the target. */
export async function runScript(
  play: Sandbox,
  file: string,
  asJson: boolean,
  terminal: Terminal,
): Promise<number> {
  // YAML includes JSON: one parser reads both.
  const { parse: parseYaml } = await import('yaml');
  const { readScenario } = await import('../../sandbox/scenario/scenario.js');
  const { inEnglish, runScenario } = await import('../../sandbox/scenario/run-scenario.js');
  const { wordsOf } = await import('../../sandbox/http-api/problem.js');
  try {
    const scenario = readScenario(parseYaml(readTextFile(file)));
    const report = await runScenario(play, scenario);
    if (asJson) terminal.out(JSON.stringify(inEnglish(report), undefined, 2));
    else {
      const lines = report.steps.map(
        ({ step, passed, problem }) =>
          `${(passed ? marks.passed : marks.failed)[terminal.language]} ${JSON.stringify(step)}${problem === undefined ? '' : `\n     ${problem[terminal.language]}`}`,
      );
      const verdict = (report.passed ? verdicts.passed : verdicts.failed)[terminal.language];
      terminal.out([`${report.name}: ${verdict}`, ...lines].join('\n'));
    }
    return report.passed ? exitCodes.ok : exitCodes.failed;
  } catch (error) {
    const { en, zh } = wordsOf(error);
    terminal.err({ en: `${file}: ${en}`, zh: `${file}：${zh}` });
    return exitCodes.failed;
  } finally {
    await play.stop();
  }
}
