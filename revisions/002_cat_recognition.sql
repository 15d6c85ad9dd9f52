-- Add cat recognition tables
--
-- Revision ID: 002_cat_recognition
-- Revises: 001_initial_schema
-- Create Date: 2024-01-15T10:30:00Z

-- migrate:up

CREATE TABLE cat_features (
    id serial,
    cat_name varchar NOT NULL,
    feature_vector double precision[] NOT NULL,
    image_path varchar,
    extraction_timestamp timestamp DEFAULT CURRENT_TIMESTAMP,
    quality_score double precision NOT NULL,
    pose_variant varchar,
    detected_activity varchar,
    activity_confidence double precision,
    PRIMARY KEY (id),
    FOREIGN KEY (cat_name) REFERENCES cat_profiles (name) ON DELETE CASCADE,
    CONSTRAINT cat_features_quality_score_check
        CHECK (quality_score >= 0.0 AND quality_score <= 1.0),
    CONSTRAINT cat_features_activity_confidence_check
        CHECK (activity_confidence IS NULL
            OR (activity_confidence >= 0.0 AND activity_confidence <= 1.0))
);

CREATE INDEX idx_cat_features_cat_name ON cat_features (cat_name);
CREATE INDEX idx_cat_features_timestamp ON cat_features (extraction_timestamp);
CREATE INDEX idx_cat_features_quality ON cat_features (quality_score);
CREATE INDEX idx_cat_features_activity ON cat_features (detected_activity);

CREATE TABLE cat_recognition_models (
    id serial,
    model_name varchar NOT NULL,
    model_path varchar NOT NULL,
    feature_extractor varchar NOT NULL,
    cats_included varchar[] NOT NULL,
    created_timestamp timestamp DEFAULT CURRENT_TIMESTAMP,
    accuracy_score double precision,
    is_active boolean,
    PRIMARY KEY (id),
    UNIQUE (model_name),
    CONSTRAINT cat_recognition_models_accuracy_score_check
        CHECK (accuracy_score IS NULL
            OR (accuracy_score >= 0.0 AND accuracy_score <= 1.0))
);

CREATE INDEX idx_recognition_models_active ON cat_recognition_models (is_active);
CREATE INDEX idx_recognition_models_created ON cat_recognition_models (created_timestamp);

ALTER TABLE detection_results
    ADD COLUMN recognized_cat_names jsonb,
    ADD COLUMN recognition_confidences jsonb,
    ADD COLUMN is_manually_corrected boolean;

-- migrate:down

ALTER TABLE detection_results
    DROP COLUMN is_manually_corrected,
    DROP COLUMN recognition_confidences,
    DROP COLUMN recognized_cat_names;

DROP TABLE cat_recognition_models;
DROP TABLE cat_features;
