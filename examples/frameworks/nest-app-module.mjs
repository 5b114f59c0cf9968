// What the decorators of a Nest application in TypeScript do, by hand.
import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';

class OrdersController {
  take(order) {
    return order;
  }
}
Controller('orders')(OrdersController);
const taken = Object.getOwnPropertyDescriptor(OrdersController.prototype, 'take');
Post()(OrdersController.prototype, 'take', taken);
HttpCode(200)(OrdersController.prototype, 'take', taken);
Body()(OrdersController.prototype, 'take', 0);

// oxlint-disable-next-line typescript/no-extraneous-class -- Nest names its modules by classes
export class AppModule {}
Module({ controllers: [OrdersController] })(AppModule);
