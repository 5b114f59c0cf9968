/** A value inside a request or an answer, with a function to replace it. */
export interface Field {
  readonly value: unknown;
  /** Name in errors: `button[2].name`. */
  readonly name: string;
  readonly replace: (value: unknown) => void;
}

/**
 * Yields the values at a path such as `msgid`, `action_info.scene.scene_str` or `button[].sub_button[].name`, where
 * `[]` iterates over a list. Skips absent values.
 */
export function* fieldsAt(root: object, path: string): Generator<Field> {
  yield* walk(root, path.split('.'), '');
}

function* walk(holder: object, [step = '', ...rest]: readonly string[], before: string): Generator<Field> {
  const key = step.replace('[]', '');
  const name = before === '' ? key : `${before}.${key}`;
  const value: unknown = Reflect.get(holder, key);
  if (value === undefined) return;
  if (!step.endsWith('[]')) yield* arrive(holder, key, name, rest);
  else if (Array.isArray(value)) {
    for (const index of value.keys()) yield* arrive(value, String(index), `${name}[${index}]`, rest);
  }
}

function* arrive(holder: object, key: string, name: string, rest: readonly string[]): Generator<Field> {
  const value: unknown = Reflect.get(holder, key);
  if (rest.length === 0) yield { value, name, replace: (next) => Reflect.set(holder, key, next) };
  else if (typeof value === 'object' && value !== null) yield* walk(value, rest, name);
}
