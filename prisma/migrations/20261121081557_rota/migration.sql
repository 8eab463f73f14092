-- CreateTable
CREATE TABLE "rota" (
    "hotline_id" UUID NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 0,
    "emergency_state" TEXT,
    "emergency_since" TIMESTAMPTZ(3),
    "emergency_until" TIMESTAMPTZ(3),

    CONSTRAINT "rota_pkey" PRIMARY KEY ("hotline_id")
);

-- CreateTable
CREATE TABLE "rota_shift" (
    "id" UUID NOT NULL,
    "hotline_id" UUID NOT NULL,
    "operator_id" UUID NOT NULL,
    "date" TEXT NOT NULL,
    "from_time" TEXT NOT NULL,
    "to_time" TEXT NOT NULL,
    "every_weeks" INTEGER NOT NULL,
    "until" TEXT,
    "except" TEXT[],

    CONSTRAINT "rota_shift_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rota_cover" (
    "shift_id" UUID NOT NULL,
    "date" TEXT NOT NULL,
    "hotline_id" UUID NOT NULL,
    "operator_id" UUID NOT NULL,

    CONSTRAINT "rota_cover_pkey" PRIMARY KEY ("shift_id","date")
);

-- CreateTable
CREATE TABLE "rota_holiday" (
    "id" UUID NOT NULL,
    "hotline_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "from_date" TEXT NOT NULL,
    "to_date" TEXT NOT NULL,
    "effect" TEXT NOT NULL,

    CONSTRAINT "rota_holiday_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rota_swap" (
    "id" UUID NOT NULL,
    "hotline_id" UUID NOT NULL,
    "shift_id" UUID NOT NULL,
    "date" TEXT NOT NULL,
    "from_operator_id" UUID NOT NULL,
    "to_operator_id" UUID,
    "in_return_shift_id" UUID,
    "in_return_date" TEXT,
    "state" TEXT NOT NULL DEFAULT 'offered',
    "offered_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),
    "taken_by" UUID,

    CONSTRAINT "rota_swap_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rota_reminder" (
    "shift_id" UUID NOT NULL,
    "date" TEXT NOT NULL,
    "operator_id" UUID NOT NULL,
    "sent_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rota_reminder_pkey" PRIMARY KEY ("shift_id","date","operator_id")
);

-- CreateIndex
CREATE INDEX "rota_shift_hotline_id_idx" ON "rota_shift"("hotline_id");

-- CreateIndex
CREATE INDEX "rota_cover_hotline_id_idx" ON "rota_cover"("hotline_id");

-- CreateIndex
CREATE INDEX "rota_holiday_hotline_id_idx" ON "rota_holiday"("hotline_id");

-- CreateIndex
CREATE INDEX "rota_swap_hotline_id_offered_at_idx" ON "rota_swap"("hotline_id", "offered_at" DESC);
