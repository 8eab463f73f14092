-- CreateTable
CREATE TABLE "call" (
    "id" UUID NOT NULL,
    "hotline_id" UUID NOT NULL,
    "carrier_account_id" UUID NOT NULL,
    "carrier_call_id" TEXT NOT NULL,
    "phase" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "state" JSONB NOT NULL,
    "rescued" BOOLEAN NOT NULL DEFAULT false,
    "rank" INTEGER NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 1,
    "test" BOOLEAN NOT NULL DEFAULT false,
    "gateway_id" UUID,
    "operator_id" UUID,
    "arrived_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "next_timer_at" TIMESTAMPTZ(3),
    "caller_sealed" BYTEA,
    "caller_index" TEXT,
    "result" TEXT,
    "reason" TEXT,

    CONSTRAINT "call_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "call_event" (
    "call_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "type" TEXT NOT NULL,
    "body" JSONB NOT NULL,
    "event_key" TEXT,

    CONSTRAINT "call_event_pkey" PRIMARY KEY ("call_id","seq")
);

-- CreateTable
CREATE TABLE "call_effect" (
    "id" BIGSERIAL NOT NULL,
    "call_id" UUID NOT NULL,
    "body" JSONB NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "claimed_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "call_effect_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "note" (
    "call_id" UUID NOT NULL,
    "operator_id" UUID NOT NULL,
    "sealed" TEXT NOT NULL,
    "vault_version" INTEGER NOT NULL,
    "revision" INTEGER NOT NULL,
    "saved_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "note_pkey" PRIMARY KEY ("call_id","operator_id")
);

-- CreateTable
CREATE TABLE "voicemail" (
    "id" UUID NOT NULL,
    "call_id" UUID NOT NULL,
    "hotline_id" UUID NOT NULL,
    "sealed" BYTEA NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "vault_version" INTEGER NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "heard_at" TIMESTAMPTZ(3),
    "heard_by" UUID,

    CONSTRAINT "voicemail_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "gateway" (
    "id" UUID NOT NULL,
    "public_key" TEXT NOT NULL,
    "stream_origin" TEXT NOT NULL,
    "capacity" INTEGER NOT NULL,
    "calls" INTEGER NOT NULL DEFAULT 0,
    "load" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "draining" BOOLEAN NOT NULL DEFAULT false,
    "up" BOOLEAN NOT NULL DEFAULT false,
    "registered_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "gateway_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "admin_log_line" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "kind" TEXT NOT NULL,
    "actor_id" UUID,
    "call_id" UUID,
    "details" JSONB NOT NULL,

    CONSTRAINT "admin_log_line_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hotline" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "hours" JSONB NOT NULL,
    "greeting" JSONB NOT NULL,
    "settings" JSONB NOT NULL,
    "vault_public_key" TEXT NOT NULL,
    "vault_version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "hotline_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hotline_member" (
    "hotline_id" UUID NOT NULL,
    "operator_id" UUID NOT NULL,
    "joined_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "hotline_member_pkey" PRIMARY KEY ("hotline_id","operator_id")
);

-- CreateTable
CREATE TABLE "vault_wrap" (
    "hotline_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "recipient" TEXT NOT NULL,
    "wrapped" TEXT NOT NULL,
    "wrapped_by" TEXT NOT NULL,

    CONSTRAINT "vault_wrap_pkey" PRIMARY KEY ("hotline_id","version","recipient")
);

-- CreateTable
CREATE TABLE "prompt" (
    "id" UUID NOT NULL,
    "hotline_id" UUID NOT NULL,
    "audio" BYTEA NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "prompt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "carrier_account" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "account_sid" TEXT NOT NULL,
    "sealed_credentials" BYTEA NOT NULL,
    "rest_origin" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "carrier_account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "phone_number" (
    "id" UUID NOT NULL,
    "e164" TEXT NOT NULL,
    "carrier_account_id" UUID NOT NULL,
    "hotline_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "phone_number_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "organisation" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "name" TEXT NOT NULL,
    "admin_public_key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organisation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operator" (
    "id" UUID NOT NULL,
    "public_key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "removed_at" TIMESTAMPTZ(3),
    "presence_state" TEXT NOT NULL DEFAULT 'offline',
    "presence_since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "presence_reason" TEXT,
    "presence_call_id" UUID,
    "presence_ends_at" TIMESTAMPTZ(3),
    "misses" INTEGER NOT NULL DEFAULT 0,
    "idle_since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "unreachable_since" TIMESTAMPTZ(3),

    CONSTRAINT "operator_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operator_session" (
    "id" UUID NOT NULL,
    "operator_id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "operator_session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_challenge" (
    "hash" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sign_in_challenge_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "console_connection" (
    "id" UUID NOT NULL,
    "operator_id" UUID NOT NULL,
    "socket_id" TEXT NOT NULL,
    "connected_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "console_connection_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invite" (
    "id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "hotline_id" UUID NOT NULL,
    "role" TEXT NOT NULL,
    "created_by" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_by" UUID,
    "withdrawn_at" TIMESTAMPTZ(3),

    CONSTRAINT "invite_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "roster" (
    "version" INTEGER NOT NULL,
    "event" JSONB NOT NULL,
    "stored_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "roster_pkey" PRIMARY KEY ("version")
);

-- CreateIndex
CREATE INDEX "call_hotline_id_phase_rescued_rank_arrived_at_idx" ON "call"("hotline_id", "phase", "rescued" DESC, "rank", "arrived_at");

-- CreateIndex
CREATE INDEX "call_arrived_at_idx" ON "call"("arrived_at" DESC);

-- CreateIndex
CREATE INDEX "call_operator_id_arrived_at_idx" ON "call"("operator_id", "arrived_at" DESC);

-- CreateIndex
CREATE INDEX "call_hotline_id_caller_index_idx" ON "call"("hotline_id", "caller_index");

-- CreateIndex
CREATE INDEX "call_next_timer_at_idx" ON "call"("next_timer_at");

-- CreateIndex
CREATE INDEX "call_gateway_id_ended_at_idx" ON "call"("gateway_id", "ended_at");

-- CreateIndex
CREATE UNIQUE INDEX "call_carrier_account_id_carrier_call_id_key" ON "call"("carrier_account_id", "carrier_call_id");

-- CreateIndex
CREATE UNIQUE INDEX "call_event_call_id_event_key_key" ON "call_event"("call_id", "event_key");

-- CreateIndex
CREATE INDEX "call_effect_claimed_until_idx" ON "call_effect"("claimed_until");

-- CreateIndex
CREATE UNIQUE INDEX "voicemail_call_id_key" ON "voicemail"("call_id");

-- CreateIndex
CREATE INDEX "voicemail_hotline_id_received_at_idx" ON "voicemail"("hotline_id", "received_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "gateway_public_key_key" ON "gateway"("public_key");

-- CreateIndex
CREATE INDEX "admin_log_line_at_idx" ON "admin_log_line"("at" DESC);

-- CreateIndex
CREATE INDEX "hotline_member_operator_id_idx" ON "hotline_member"("operator_id");

-- CreateIndex
CREATE UNIQUE INDEX "carrier_account_account_sid_key" ON "carrier_account"("account_sid");

-- CreateIndex
CREATE UNIQUE INDEX "phone_number_e164_key" ON "phone_number"("e164");

-- CreateIndex
CREATE UNIQUE INDEX "operator_public_key_key" ON "operator"("public_key");

-- CreateIndex
CREATE INDEX "operator_presence_state_idx" ON "operator"("presence_state");

-- CreateIndex
CREATE UNIQUE INDEX "operator_session_token_hash_key" ON "operator_session"("token_hash");

-- CreateIndex
CREATE INDEX "sign_in_challenge_expires_at_idx" ON "sign_in_challenge"("expires_at");

-- CreateIndex
CREATE INDEX "console_connection_operator_id_idx" ON "console_connection"("operator_id");

-- CreateIndex
CREATE INDEX "console_connection_seen_at_idx" ON "console_connection"("seen_at");

-- CreateIndex
CREATE UNIQUE INDEX "invite_token_hash_key" ON "invite"("token_hash");

-- AddForeignKey
ALTER TABLE "call_event" ADD CONSTRAINT "call_event_call_id_fkey" FOREIGN KEY ("call_id") REFERENCES "call"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "call_effect" ADD CONSTRAINT "call_effect_call_id_fkey" FOREIGN KEY ("call_id") REFERENCES "call"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "note" ADD CONSTRAINT "note_call_id_fkey" FOREIGN KEY ("call_id") REFERENCES "call"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "voicemail" ADD CONSTRAINT "voicemail_call_id_fkey" FOREIGN KEY ("call_id") REFERENCES "call"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hotline_member" ADD CONSTRAINT "hotline_member_hotline_id_fkey" FOREIGN KEY ("hotline_id") REFERENCES "hotline"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hotline_member" ADD CONSTRAINT "hotline_member_operator_id_fkey" FOREIGN KEY ("operator_id") REFERENCES "operator"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "vault_wrap" ADD CONSTRAINT "vault_wrap_hotline_id_fkey" FOREIGN KEY ("hotline_id") REFERENCES "hotline"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "prompt" ADD CONSTRAINT "prompt_hotline_id_fkey" FOREIGN KEY ("hotline_id") REFERENCES "hotline"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "phone_number" ADD CONSTRAINT "phone_number_carrier_account_id_fkey" FOREIGN KEY ("carrier_account_id") REFERENCES "carrier_account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "phone_number" ADD CONSTRAINT "phone_number_hotline_id_fkey" FOREIGN KEY ("hotline_id") REFERENCES "hotline"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operator_session" ADD CONSTRAINT "operator_session_operator_id_fkey" FOREIGN KEY ("operator_id") REFERENCES "operator"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "console_connection" ADD CONSTRAINT "console_connection_operator_id_fkey" FOREIGN KEY ("operator_id") REFERENCES "operator"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invite" ADD CONSTRAINT "invite_hotline_id_fkey" FOREIGN KEY ("hotline_id") REFERENCES "hotline"("id") ON DELETE CASCADE ON UPDATE CASCADE;
