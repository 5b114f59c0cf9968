import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

const read = (path: string): unknown => parse(readFileSync(path, 'utf8'));

describe('given the files for the place where the repository lives', () => {
  test('when the workflow is read, then it runs the same script as everybody, on Node 20, 22 and 24', () => {
    expect(read('.github/workflows/test.yml')).toMatchObject({
      permissions: { contents: 'read' },
      jobs: {
        test: {
          strategy: { matrix: { node: [20, 22, 24] } },
          steps: expect.arrayContaining([{ run: '.ci/run' }]),
        },
      },
    });
  });

  test('when somebody reports a problem, then the form asks for the text of the report command', () => {
    expect(read('.github/ISSUE_TEMPLATE/problem.yml')).toMatchObject({
      body: expect.arrayContaining([
        expect.objectContaining({
          id: 'report',
          attributes: expect.objectContaining({
            description: expect.stringContaining('wechat-callback report --last'),
          }),
          validations: { required: true },
        }),
      ]),
    });
  });
});
