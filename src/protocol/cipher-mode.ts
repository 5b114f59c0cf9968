/** The encryption mode of bodies: 明文, 兼容, 安全. Taken from the configuration, never from the request. */
export type CipherMode = 'plaintext' | 'compatible' | 'safe';
