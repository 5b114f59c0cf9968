import type { Samples } from './sample.js';

const PICTURE = { img_url: 'https://example.com/a.jpg?x=1&y=2' } as const;
const at = (path: string) => `POST ${path}?img_url=https%3A%2F%2Fexample.com%2Fa.jpg%3Fx%3D1%26y%3D2`;
const POINT = { x: 1, y: 2 } as const;
const CORNERS = { left_top: POINT, right_top: POINT, right_bottom: POINT, left_bottom: POINT } as const;
const SIZE = { w: 640, h: 480 } as const;

export const ocr: Samples<'ocr'> = {
  idCard: {
    request: PICTURE,
    wire: at('/cv/ocr/idcard'),
    answer: {
      type: 'Front',
      name: '张三',
      id: '123456789012345678',
      addr: '广东省',
      gender: '男',
      nationality: '汉',
    },
  },
  bankCard: { request: PICTURE, wire: at('/cv/ocr/bankcard'), answer: { number: '6226000000000000' } },
  vehicleLicense: {
    request: PICTURE,
    wire: at('/cv/ocr/driving'),
    answer: {
      plate_num: '粤xxxxx',
      owner: '东莞市xxxxx厂',
      card_position_front: { pos: CORNERS },
      img_size: SIZE,
    },
  },
  drivingLicense: {
    request: PICTURE,
    wire: at('/cv/ocr/drivinglicense'),
    answer: { id_num: '660601xxxxxxxx1234', name: '张三', car_class: 'C1', valid_to: '20230701' },
  },
  businessLicense: {
    request: PICTURE,
    wire: at('/cv/ocr/bizlicense'),
    answer: {
      reg_num: '123123',
      enterprise_name: 'xxx公司',
      cert_position: { pos: CORNERS },
      img_size: SIZE,
    },
  },
  print: {
    request: PICTURE,
    wire: at('/cv/ocr/comm'),
    answer: { items: [{ text: '腾讯', pos: CORNERS }], img_size: SIZE },
  },
  menu: { request: PICTURE, wire: at('/cv/ocr/menu'), answer: { content: '{"menu_items":[]}' } },
};

export const images: Samples<'images'> = {
  crop: {
    request: { ...PICTURE, ratios: '1,2.35' },
    wire: `${at('/cv/img/aicrop')}&ratios=1%2C2.35`,
    answer: { results: [{ crop_left: 112, crop_top: 0, crop_right: 839, crop_bottom: 727 }], img_size: SIZE },
  },
  codes: {
    request: PICTURE,
    wire: at('/cv/img/qrcode'),
    answer: {
      code_results: [{ type_name: 'QR_CODE', data: 'http://www.qq.com', pos: CORNERS }],
      img_size: SIZE,
    },
  },
  enlarge: {
    request: PICTURE,
    wire: at('/cv/img/superresolution'),
    answer: { media_id: '6WXsIXkG7lXuDLspD9xfm5' },
  },
};

export const voice: Samples<'voice'> = {
  result: {
    request: { voice_id: 'v-1', lang: 'zh_CN' },
    wire: 'POST /cgi-bin/media/voice/queryrecoresultfortext?voice_id=v-1&lang=zh_CN',
    answer: { result: '你好' },
  },
  translate: {
    request: { lfrom: 'zh_CN', lto: 'en_US', content: '你好' },
    wire: 'POST /cgi-bin/media/voice/translatecontent?lfrom=zh_CN&lto=en_US',
    sent: '{"content":"你好"}',
    answer: { from_content: '你好', to_content: 'Hello' },
  },
};

export const semantics: Samples<'semantics'> = {
  search: {
    request: {
      query: '查一下明天从北京到上海的南航机票',
      category: 'flight,hotel',
      appid: 'wxa',
      uid: '1',
      city: '北京',
    },
    wire: 'POST /semantic/semproxy/search',
    sent: '{"query":"查一下明天从北京到上海的南航机票","category":"flight,hotel","appid":"wxa","uid":"1","city":"北京"}',
    answer: {
      query: '查一下明天从北京到上海的南航机票',
      type: 'flight',
      semantic: { details: { airline: '南航' }, intent: 'SEARCH' },
    },
  },
};
