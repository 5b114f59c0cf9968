import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Patient, faultsOf, treat, type Case } from './patient.js';

/** Starts an installation before the tests of a file and stops it after them. */
export function usePatient(): () => Patient {
  let patient: Patient;
  beforeAll(async () => {
    patient = await Patient.admit();
  });
  afterAll(() => patient.discharge());
  return () => patient;
}

/** Registers a test for each case: `doctor` names the step first, and the repair leaves no fault. */
export function testCases(patient: () => Patient, cases: readonly Case[]): void {
  test.each(cases)(
    'when %s, then %s is the first fault, and its cure cures',
    async (_what, first, illness) => {
      const { sick, cured } = await treat(patient(), illness);
      expect([sick.first, faultsOf(cured)]).toEqual([first, []]);
    },
  );
}
