/** Returns a name that the sandbox made up in the language of the page; any other as it is. */
export const shownName = (words, name) => words.names[name] ?? name;
