-- Add enhanced activity features
--
-- Revision ID: 003_activity_features
-- Revises: 002_cat_recognition
-- Create Date: 2024-02-01T08:15:00Z

-- migrate:up

CREATE TABLE activity_features (
    id serial,
    detection_result_id integer,
    cat_index integer NOT NULL,
    mobilenet_features double precision[],
    aspect_ratio double precision,
    edge_density double precision,
    contour_complexity double precision,
    brightness_std double precision,
    brightness_mean double precision,
    symmetry_score double precision,
    vertical_center_mass double precision,
    horizontal_std double precision,
    speed double precision,
    acceleration double precision,
    direction_consistency double precision,
    position_variance double precision,
    size_change double precision,
    predicted_activity varchar,
    activity_confidence double precision,
    prediction_method varchar,
    extraction_timestamp timestamp DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    FOREIGN KEY (detection_result_id) REFERENCES detection_results (id) ON DELETE CASCADE
);

CREATE INDEX idx_activity_features_detection_result ON activity_features (detection_result_id);
CREATE INDEX idx_activity_features_cat_index ON activity_features (cat_index);
CREATE INDEX idx_activity_features_predicted_activity ON activity_features (predicted_activity);
CREATE INDEX idx_activity_features_timestamp ON activity_features (extraction_timestamp);

CREATE TABLE activity_models (
    id serial,
    model_name varchar NOT NULL,
    model_path varchar NOT NULL,
    model_type varchar NOT NULL,
    feature_types varchar[],
    activities_included varchar[],
    created_timestamp timestamp DEFAULT CURRENT_TIMESTAMP,
    validation_accuracy double precision,
    is_active boolean,
    training_samples integer,
    feature_importance jsonb,
    PRIMARY KEY (id),
    UNIQUE (model_name)
);

CREATE INDEX idx_activity_models_active ON activity_models (is_active);
CREATE INDEX idx_activity_models_created ON activity_models (created_timestamp);
CREATE INDEX idx_activity_models_type ON activity_models (model_type);

CREATE TABLE migration_history (
    id serial,
    migration_name varchar NOT NULL,
    applied_at timestamp DEFAULT CURRENT_TIMESTAMP,
    description text,
    database_version varchar,
    PRIMARY KEY (id),
    UNIQUE (migration_name)
);

-- migrate:down

DROP TABLE migration_history;
DROP TABLE activity_models;
DROP TABLE activity_features;
