// nest.mjs
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './nest-app-module.mjs';
import { wechat } from './wechat.mjs';

const app = await NestFactory.create(AppModule);
app.use('/wechat', wechat.callback());
await app.listen(Number(process.env.PORT));
