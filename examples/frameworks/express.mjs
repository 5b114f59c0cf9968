// express.mjs
import express from 'express';
import { wechat } from './wechat.mjs';

const app = express();
app.use('/wechat', wechat.callback());
app.use(express.json());
app.post('/orders', (request, response) => response.json(request.body));
app.listen(Number(process.env.PORT));
