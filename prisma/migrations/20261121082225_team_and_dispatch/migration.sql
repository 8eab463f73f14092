-- CreateTable
CREATE TABLE "dispatch" (
    "id" UUID NOT NULL,
    "hotline_id" UUID NOT NULL,
    "call_id" UUID,
    "operator_id" UUID NOT NULL,
    "sent_by" UUID NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'sent',
    "sent_at" TIMESTAMPTZ(3) NOT NULL,
    "moved_at" TIMESTAMPTZ(3) NOT NULL,
    "sealed" TEXT NOT NULL,

    CONSTRAINT "dispatch_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "team_message" (
    "id" UUID NOT NULL,
    "hotline_id" UUID NOT NULL,
    "seq" SERIAL NOT NULL,
    "author_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "sealed" TEXT NOT NULL,

    CONSTRAINT "team_message_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "dispatch_hotline_id_sent_at_idx" ON "dispatch"("hotline_id", "sent_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "team_message_seq_key" ON "team_message"("seq");

-- CreateIndex
CREATE INDEX "team_message_hotline_id_seq_idx" ON "team_message"("hotline_id", "seq" DESC);
