import { AppError } from '../../protocol/app-error.js';

/** The first push of a replay failed, so all would. */
export class ReplayStopped extends AppError {
  readonly code = 'replay_stopped';
}
