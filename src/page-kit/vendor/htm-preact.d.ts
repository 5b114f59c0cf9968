/** Types of the part of htm 3.1.1 with Preact 10 that the pages use, named as in Preact. Written here, not vendored. */

export interface VNode {
  readonly type: unknown;
  readonly props: Record<string, unknown>;
}

export function html(strings: TemplateStringsArray, ...values: unknown[]): VNode;
export function render(node: VNode | null, parent: Element): void;

type Update<T> = T | ((before: T) => T);
// A state that begins empty, and a ref, may become anything: the pages are JavaScript without types.
// oxlint-disable-next-line typescript/no-explicit-any
export function useState(initial?: null): [any, (next: any) => void];
export function useState<T>(initial: T | (() => T)): [T, (next: Update<T>) => void];
// oxlint-disable-next-line typescript/no-explicit-any
export function useRef(initial?: unknown): { current: any };
export function useEffect(effect: () => void | (() => void), inputs?: readonly unknown[]): void;
export function useLayoutEffect(effect: () => void | (() => void), inputs?: readonly unknown[]): void;
export function useMemo<T>(factory: () => T, inputs?: readonly unknown[]): T;
