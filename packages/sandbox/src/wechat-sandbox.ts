#!/usr/bin/env node
import { runAsProcess } from '../../../src/cli/run-alone.js';
import { sandbox } from '../../../src/cli/sandbox/sandbox.js';

await runAsProcess(sandbox, 'wechat-sandbox');
