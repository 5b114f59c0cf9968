import express from 'express';

// F, the measure of all others: a bare Express application as it comes, the body unread.
express()
  .post('/wechat', (request, response) => {
    response.send('success');
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
