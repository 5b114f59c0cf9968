/** The only import of the vendored library. */
export { html, render, useState, useEffect, useLayoutEffect, useMemo, useRef } from './vendor/htm-preact.js';
