// What the server tells of an account, as far as these pages show it.

export interface Workspace {
  id: string;
  slug: string;
  name: string;
}

export interface Account {
  id: string;
  email: string;
  operator: { name: string; role: string; access_role?: string };
  workspace: Workspace;
  workspaces: Workspace[];
  has_totp: boolean;
  recovery_codes_left: number;
  login_id: string;
}

export interface Login {
  id: string;
  method: string;
  address: string | null;
  agent: string | null;
  is_current: boolean;
  seen_at: string;
  created_at: string;
  ends_at: string;
}

export interface Totp {
  secret: string;
  uri: string;
  qr_svg: string;
}

export interface RecoveryCodes {
  recovery_codes: string[];
}

export interface Passkey {
  id: string;
  name: string;
  created_at: string;
  last_used_at: string | null;
}

export interface Grant {
  id: string;
  app_id: string;
  app_name: string;
  scopes: string[];
  created_at: string;
  expires_at: string | null;
}

/** What a passkey is asked, and the voucher to hand back with its answer. */
export interface Question<T> {
  voucher: string;
  options: T;
}
