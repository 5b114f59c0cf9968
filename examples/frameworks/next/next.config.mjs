// next/next.config.mjs
export default {
  pageExtensions: ['mjs'],
};
