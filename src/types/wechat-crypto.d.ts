/** The npm package ships no types. `module.exports` is the class, which ESM sees as the default export. */
declare module 'wechat-crypto' {
  export default class WXBizMsgCrypt {
    /** Throws on a missing argument and on a key that does not give 32 bytes. */
    constructor(token: string, encodingAesKey: string, id: string);
    /** The 32 bytes of the AES key. */
    readonly key: Buffer;
    /** Its first 16 bytes. */
    readonly iv: Buffer;
    /** random(16) ‖ length ‖ text ‖ id, padded to 32, AES-256-CBC, Base64. */
    encrypt(text: string): string;
    /** Checks neither padding, length, id nor UTF-8. */
    decrypt(encrypted: string): { message: string; id: string };
  }
}
