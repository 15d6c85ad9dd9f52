-- Initial database schema
--
-- Revision ID: 001_initial_schema
-- Revises:
-- Create Date: 2024-01-01T09:00:00Z

-- migrate:up

CREATE TABLE feedback (
    feedback_id varchar NOT NULL,
    image_filename varchar NOT NULL,
    image_path varchar NOT NULL,
    original_detections jsonb NOT NULL,
    user_annotations jsonb NOT NULL,
    feedback_type varchar NOT NULL,
    notes text,
    "timestamp" varchar NOT NULL,
    user_id varchar,
    created_at timestamp DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (feedback_id)
);

CREATE INDEX idx_feedback_timestamp ON feedback ("timestamp");
CREATE INDEX idx_feedback_type ON feedback (feedback_type);

CREATE TABLE cat_profiles (
    name varchar NOT NULL,
    description text,
    color varchar,
    breed varchar,
    favorite_activities jsonb,
    created_timestamp varchar NOT NULL,
    last_seen_timestamp varchar,
    total_detections integer,
    average_confidence double precision,
    preferred_locations jsonb,
    updated_at timestamp DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (name)
);

CREATE INDEX idx_cat_profiles_updated ON cat_profiles (updated_at);

CREATE TABLE detection_results (
    id serial,
    source_name varchar NOT NULL,
    image_filename varchar,
    detected boolean NOT NULL,
    count integer NOT NULL,
    confidence double precision NOT NULL,
    detections jsonb NOT NULL,
    activities jsonb,
    total_animals integer,
    primary_activity varchar,
    image_array_hash varchar,
    "timestamp" varchar NOT NULL,
    created_at timestamp DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    UNIQUE (source_name, image_filename)
);

CREATE INDEX idx_detection_source ON detection_results (source_name);
CREATE INDEX idx_detection_timestamp ON detection_results ("timestamp");

-- migrate:down

DROP TABLE detection_results;
DROP TABLE cat_profiles;
DROP TABLE feedback;
