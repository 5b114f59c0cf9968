/**
 * A hook for Node's resolver that allows a directory of modules to be imported again. Node caches every module by URL,
 * so a new generation needs new URLs: a module imported with `?generation=7` passes the mark on to its own imports from
 * the directory. Modules outside keep their URL and stay single instances.
 *
 * Runs in Node's hooks thread (`module.register`, Node 20) or in this one (`module.registerHooks`, later ones).
 */
interface Resolved {
  readonly url: string;
}

const roots: string[] = [];
const MARK = /[?&]generation=(\d+)/;

/** Sets the directory, as a file URL that ends in `/`. */
export function initialize(data: { readonly root: string }): void {
  roots.push(data.root);
}

export function resolve(
  specifier: string,
  context: { readonly parentURL?: string | undefined },
  next: (specifier: string, context: object) => Resolved | Promise<Resolved>,
): Resolved | Promise<Resolved> {
  const resolved = next(specifier, context);
  return resolved instanceof Promise
    ? resolved.then((result) => marked(result, context.parentURL))
    : marked(resolved, context.parentURL);
}

function marked(resolved: Resolved, parent = ''): Resolved {
  const { url } = resolved;
  const generation = MARK.exec(parent)?.[1];
  const isOurs = roots.some((root) => url.startsWith(root)) && !url.includes('/node_modules/');
  if (generation === undefined || !isOurs || MARK.test(url)) return resolved;
  return { ...resolved, url: `${url}${url.includes('?') ? '&' : '?'}generation=${generation}` };
}
