import express from 'express';

// F, the baseline of all others: a plain Express application that does not read the body.
express()
  .post('/wechat', (_request, response) => {
    response.send('success');
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
