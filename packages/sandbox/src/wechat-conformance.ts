#!/usr/bin/env node
import { conformance } from '../../../src/cli/conformance.js';
import { runAsProcess } from '../../../src/cli/run-alone.js';

await runAsProcess(conformance, 'wechat-conformance');
