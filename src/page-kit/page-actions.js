import { applyLanguage, applyTheme, nextTheme } from './preferences.js';

/** Creates the actions of every page: language, theme, dialogs, notices. */
export function createPageActions(store) {
  return {
    open: (dialog) => store.set({ dialog }),
    close: () => store.set({ dialog: undefined }),
    notify: (text, good = true) => store.set({ notice: { text, good } }),
    dismiss: () => store.set({ notice: undefined }),
    speak(language) {
      applyLanguage(language);
      store.set({ language });
    },
    changeTheme() {
      const theme = nextTheme(store.get().theme);
      applyTheme(theme);
      store.set({ theme });
    },
  };
}
