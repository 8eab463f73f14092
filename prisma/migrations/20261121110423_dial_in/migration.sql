-- CreateTable
CREATE TABLE "access_code" (
    "operator_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "salt" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,
    "set_at" TIMESTAMPTZ(3) NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "tries_since" TIMESTAMPTZ(3),
    "locks" INTEGER NOT NULL DEFAULT 0,
    "locked_until" TIMESTAMPTZ(3),

    CONSTRAINT "access_code_pkey" PRIMARY KEY ("operator_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "access_code_code_key" ON "access_code"("code");

-- AddForeignKey
ALTER TABLE "access_code" ADD CONSTRAINT "access_code_operator_id_fkey" FOREIGN KEY ("operator_id") REFERENCES "operator"("id") ON DELETE CASCADE ON UPDATE CASCADE;
