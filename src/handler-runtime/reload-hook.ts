/**
 * A hook for Node's resolver that lets a folder of modules be imported afresh. Node keeps every module it has imported
 * under its URL, so a new generation has to have new URLs: whoever was imported with `?generation=7` hands the
 * mark on to what it imports from the folder. What lies outside keeps its URL and stays the one instance it is.
 *
 * Runs in Node's hooks thread (`module.register`, Node 20) or in this one (`module.registerHooks`, later ones).
 */
interface Resolved {
  readonly url: string;
}

const roots: string[] = [];
const MARK = /[?&]generation=(\d+)/;

/** Names a folder, as a file URL that ends in `/`. */
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
